package cli_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/scripts/internal/cli"
)

// sell is a grammar as tools have them.
type sell struct {
	Owner    string   `required:"" help:"Who buys."`
	Fen      int      `range:"-1000..1000" help:"How much."`
	Scale    float64  `default:"1" range:"0.." help:"A factor."`
	Verified *bool    `help:"Or not."`
	Quick    bool     `short:"q" help:"At once."`
	Words    []string `arg:"" optional:"" sep:"none"`
	fail     error
	ran      bool
}

func (s *sell) Run(context.Context, cli.IO) error {
	s.ran = true
	return s.fail
}

func run(t *testing.T, s *sell, args ...string) (status int, out, wrong string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	p := cli.Program{Name: "sell", About: "Sells.", Grammar: s, Commands: []cli.Program{{Name: "verify", About: "Looks.", Grammar: &sell{}}}}
	status = p.Run(t.Context(), cli.IO{Out: &stdout, Err: &stderr, Getenv: func(string) string { return "" }}, args)
	return status, stdout.String(), stderr.String()
}

func TestFlagsHaveOneDashOrTwo(t *testing.T) {
	for _, args := range [][]string{
		{"-owner", "1", "-fen", "-100", "-q", "a=-b", "-verified=false"},
		{"--owner=1", "--fen=-100", "--quick", "a=-b", "--verified=false"},
		{"a=-b", "-owner=1", "--fen", "-100", "-quick=true", "-verified=false"},
		{"-owner", "1", "-fen", "-100", "-q", "-verified=false", "--", "a=-b"},
	} {
		s := &sell{}
		status, _, wrong := run(t, s, args...)
		require.Equal(t, cli.Done, status, wrong)
		require.True(t, s.ran)
		require.Equal(t, "1", s.Owner)
		require.Equal(t, -100, s.Fen)
		require.True(t, s.Quick)
		require.False(t, *s.Verified)
		require.Equal(t, []string{"a=-b"}, s.Words)
	}
}

func TestWhatIsCalledWronglyDoesNothing(t *testing.T) {
	for wrong, args := range map[string][]string{
		"missing flags: --owner=STRING":                      {"-fen", "1"},
		"--fen must be from -1000 to 1000, it is 2000":       {"-owner", "1", "-fen", "2000"},
		"--scale must be at least 0, it is -0.5":             {"-owner", "1", "-scale", "-0.5"},
		"--scale must be at least 0, it is NaN":              {"-owner", "1", "-scale", "NaN"},
		`unknown flag --onwer, did you mean "--owner"?`:      {"-onwer", "1"},
		"did you mean verify?":                               {"verfy"},
		"sell verify: missing flags":                         {"verify"},
		"completion takes bash or zsh":                       {"completion", "fish"},
		"--fen: expected a valid 64 bit int but got \"ten\"": {"-owner", "1", "-fen", "ten"},
	} {
		s := &sell{}
		status, out, got := run(t, s, args...)
		require.Equal(t, cli.Usage, status, wrong)
		require.Contains(t, got, wrong)
		require.Equal(t, 1, strings.Count(got, "\n"), got)
		require.Empty(t, out)
		require.False(t, s.ran)
	}
}

func TestTheExitStatusSaysWhatHappened(t *testing.T) {
	status, _, wrong := run(t, &sell{fail: errors.New("refused \x1b[31m")}, "-owner", "1")
	require.Equal(t, cli.Failed, status)
	require.Equal(t, "sell: refused \\x1b[31m\n", wrong)
	status, _, _ = run(t, &sell{fail: cli.Usagef("not both")}, "-owner", "1")
	require.Equal(t, cli.Usage, status)

	s := &sell{}
	status, out, _ := run(t, s, "-h")
	require.Equal(t, cli.Done, status)
	require.False(t, s.ran)
	require.Contains(t, out, "How much. From -1000 to 1000.")
	status, out, _ = run(t, s, "completion", "bash")
	require.Equal(t, cli.Done, status)
	require.Contains(t, out, " verify")
}

func TestTheClosestNameIsSuggested(t *testing.T) {
	names := []string{"VmNumber", "VersionCode", "Duration"}
	require.Equal(t, ", did you mean VmNumber?", cli.DidYouMean("vmnumbr", names))
	require.Empty(t, cli.DidYouMean("Duration", names), "it is one")
	require.Empty(t, cli.DidYouMean("Colour", names), "it resembles none")
}

func TestATableIsNoWiderThanTheTerminalAndLosesNothing(t *testing.T) {
	var out bytes.Buffer
	long := strings.Repeat("why ", 60)
	row := []any{"id-1", strings.Repeat("x", 60), strings.Repeat("y", 60), 7, "", long + "\x1b[2J"}
	cli.Printer{Out: &out}.Table([]string{"id", "first", "second", "count", "none", "reason"}, [][]any{row})
	for line := range strings.Lines(out.String()) {
		require.LessOrEqual(t, len(line), cli.Width+1, line)
	}
	for _, text := range []string{"ID    FIRST", "second: yyy", "count: 7;", "reason: why why", `\x1b[2J`} {
		require.Contains(t, out.String(), text)
	}
	require.NotContains(t, out.String(), "none")
	require.NotContains(t, out.String(), "\x1b")

	out.Reset()
	cli.Printer{Out: &out, JSON: true}.Table([]string{"id", "paid in"}, [][]any{{"id-1", 7}, {"id-2", nil}})
	require.Equal(t, "{\"id\":\"id-1\",\"paidIn\":7}\n{\"id\":\"id-2\",\"paidIn\":null}\n", out.String())
}
