package cli

import (
	"fmt"
	"io"
	"time"
)

// Progress reports on w how far work has come, once it lasts more than two seconds: a
// line that is written over on a terminal, a line every ten seconds elsewhere.
type Progress struct {
	Out   io.Writer
	Unit  string         // what is counted, such as "schedules"
	Total float64        // 0: not known
	For   time.Duration  // how long the work lasts, instead of Total
	Done  func() float64 // how much is done, safe to call from another goroutine; nil: only the time is reported

	began time.Time
	wrote bool
}

// Start begins to report until stop is called.
func (p Progress) Start() (stop func()) {
	p.began = time.Now()
	quit := make(chan struct{})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		p.report(quit)
	}()

	return func() {
		close(quit)
		<-ended
	}
}

func (p *Progress) report(quit <-chan struct{}) {
	terminal := IsTerminal(p.Out)
	every := 10 * time.Second
	if terminal {
		every = time.Second
	}

	wait := time.NewTimer(2 * time.Second)
	defer wait.Stop()
	for {
		select {
		case <-wait.C:
			p.write(terminal)
			wait.Reset(every)
		case <-quit:
			if terminal && p.wrote {
				fmt.Fprintln(p.Out)
			}
			return
		}
	}
}

func (p *Progress) write(terminal bool) {
	p.wrote = true
	line := p.line(time.Since(p.began))
	if terminal {
		fmt.Fprintf(p.Out, "\r\x1b[K%s", line)
		return
	}
	fmt.Fprintln(p.Out, line)
}

// line says how much is done, how fast, and how long the rest will take.
func (p *Progress) line(took time.Duration) string {
	if p.Done == nil {
		return fmt.Sprintf("%s: %s so far", p.Unit, took.Round(time.Second))
	}

	done := p.Done()
	rate := done / took.Seconds()
	if p.For > 0 {
		return fmt.Sprintf("%.0f %s, %.0f a second, %s left", done, p.Unit, rate, max(0, p.For-took).Round(time.Second))
	}
	if p.Total <= 0 {
		return fmt.Sprintf("%.0f %s, %.0f a second", done, p.Unit, rate)
	}

	line := fmt.Sprintf("%.0f of %.0f %s, %.0f a second", done, p.Total, p.Unit, rate)
	if rate > 0 {
		left := time.Duration((p.Total - done) / rate * float64(time.Second))
		line += fmt.Sprintf(", %s left", left.Round(time.Second))
	}

	return line
}
