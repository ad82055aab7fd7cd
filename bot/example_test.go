package bot_test

import (
	"context"
	"fmt"
	"log"

	"kaede/bot"
)

// The zero options serve the corpus that ships in the binary.
func ExampleBot_Ask() {
	ctx := context.Background()
	b, err := bot.Open(ctx, bot.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer b.Close()

	for _, text := range []string{"When did Japan open its mission in Ottawa?", "What is the GDP of Brazil?"} {
		reply, err := b.Ask(ctx, bot.Question{Text: text})
		if err != nil {
			log.Fatal(err)
		}
		for _, part := range reply.Parts {
			fmt.Println(part.Say)
			for _, e := range part.Evidence {
				fmt.Printf("  “%s” (%s)\n", e.Sentence.Text, e.Sentence.Passage.Document.Title)
			}
		}
	}
	// Output:
	// 1928
	//   “Canada and Japan have a long history of diplomatic relations dating back to 1928, when Japan opened a diplomatic mission in Ottawa.” (Canada-Japan relations)
	// My sources don't say. I did not find “Brazil”.
}
