package index

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var (
	benchmarks = flag.String("benchmarks", "", "folder of retrieval benchmarks to run")
	sets       = flag.String("sets", "squad-dev", "their names, with commas between")
)

// TestBenchmarks prints quality, latency and build time on the retrieval benchmarks:
//
//	go test ./index -run TestBenchmarks -v -benchmarks DIR -sets squad-dev,squad-train
func TestBenchmarks(t *testing.T) {
	if *benchmarks == "" {
		t.Skip("no -benchmarks")
	}
	for _, set := range strings.Split(*sets, ",") {
		start := time.Now()
		c, questions, err := ReadBenchmark(filepath.Join(*benchmarks, set))
		if err != nil {
			t.Fatal(err)
		}
		read := time.Since(start)
		dir := filepath.Join(t.TempDir(), "index")
		start = time.Now()
		if err := Build(t.Context(), dir, c, nil); err != nil {
			t.Fatal(err)
		}
		build := time.Since(start)
		start = time.Now()
		x, err := Open(dir, c)
		if err != nil {
			t.Fatal(err)
		}
		open := time.Since(start)
		report, err := RunBenchmark(t.Context(), x, questions)
		if err != nil {
			t.Fatal(err)
		}
		if err := x.Close(); err != nil {
			t.Fatal(err)
		}
		t.Logf("%s (%s): read %v build %v open %v\n%+v\n%s", set, c.Documents[0].Lang, read, build, open, report, resident())
	}
}

// resident tells the memory of the process where the system does.
func resident() string {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return ""
	}
	var lines []string
	for _, line := range strings.Split(string(status), "\n") {
		if strings.HasPrefix(line, "VmHWM") || strings.HasPrefix(line, "VmRSS") {
			lines = append(lines, strings.Join(strings.Fields(line), " "))
		}
	}
	return strings.Join(lines, ", ")
}
