package corpus

import "slices"

// Fact is one typed statement with its evidence.
type Fact struct {
	N        int // place in Corpus.Facts
	ID       string
	Topic    string // theme under which quick facts are listed, a concept-like slug such as trade or diplomacy
	Subject  string // concept id
	Relation string // concept id
	Object   string // concept id; empty where the relation has no direction
	Label    Text   // what the fact is about, as a title: "Japan's GDP"; all three languages
	Value    Value
	Answer   Text   // the short answer in each language
	AsOf     Date   // to which the value applies; zero where it does not age
	Side     string // whose figure it is: canada, japan, joint or third-party; that of its first source where it does not say; may be empty
	ReviewBy Date   // when somebody should look whether it still holds; zero where it does not age
	From     Date   // since when it holds: a term of office, a treaty in force; zero where that is not stated
	To       Date   // until when; zero where it still holds or is not stated
	Asks     map[Lang][]string
	Evidence []Evidence // at least one; the first is quoted

	Participants        []string    // ids of the concepts that took part in an event
	Supersedes          []*Fact     // older facts that this one overtakes
	SupersedesSentences []*Sentence // older sentences that it overtakes
}

// Within reports whether all that the fact rests on stands in the documents with these ids; with no ids every fact does.
func (f *Fact) Within(ids []string) bool {
	elsewhere := func(e Evidence) bool { return !slices.Contains(ids, e.Sentence.Passage.Document.ID) }
	return len(ids) == 0 || !slices.ContainsFunc(f.Evidence, elsewhere)
}

// Evidence ties a fact to the words that state it.
type Evidence struct {
	Sentence *Sentence
	Quote    string // occurs word for word in Sentence.Text
	Words    string // the words within Quote that state the value, word for word
}

// Value is what a fact states: one of Date, Quantity, Series, Rank, Name, List, Definition, Reason, Statement.
type Value interface{ value() }

// Quantity is a number with its unit.
type Quantity struct {
	Number   float64
	Unit     string // what is counted, a concept id (people, alumni) or a currency's unit; never empty
	Currency string // ISO 4217 code for money, else empty
	Bound    string // "at-least" for "over" and "more than", "about" for "approximately", empty if exact
}

// Series is a quantity over time.
type Series struct {
	Unit     string  // as in Quantity
	Currency string  // as in Quantity
	Points   []Point // at least two, the oldest first
}

// Point is one value of a series.
type Point struct {
	At     Date
	Number float64
}

// Quantity gives the value of a point of the series.
func (s Series) Quantity(p Point) Quantity {
	return Quantity{Number: p.Number, Unit: s.Unit, Currency: s.Currency}
}

// Rank is a place in an order, 1 being first.
type Rank struct {
	Place int
	Among string // what is ranked, in English: "Canada's trade partners"
}

// Name is a proper name: of a person, organisation, place, programme, treaty, operation.
type Name struct {
	Kind string // person, organisation, place, thing
	Text Text
}

// List is an enumeration whose every item is stated.
type List struct{ Items []Text }

// Definition says what something is or what an abbreviation stands for.
type Definition struct{ Text Text }

// Reason says why, for what purpose or to what effect.
type Reason struct{ Text Text }

// Statement is anything else that is stated: a quality, a frequency, a state of affairs.
type Statement struct{ Text Text }

func (Date) value()       {}
func (Quantity) value()   {}
func (Series) value()     {}
func (Rank) value()       {}
func (Name) value()       {}
func (List) value()       {}
func (Definition) value() {}
func (Reason) value()     {}
func (Statement) value()  {}
