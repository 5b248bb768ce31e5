package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
)

// Width is how many columns help and tables take at most.
const Width = 120

// The exit statuses of every tool.
const (
	Done   = 0
	Failed = 1 // failed, or was refused
	Usage  = 2 // was called wrongly; nothing was done
)

// IO is what a program reads and prints.
type IO struct {
	In       io.Reader
	Out, Err io.Writer
	Getenv   func(string) string
}

// Program is a command-line tool. The methods Run of its grammar may take a
// context.Context, which an interrupt ends, an IO, and what Bind provides.
type Program struct {
	Name     string
	About    string        // what it does, for -h; the first line is its summary
	Grammar  any           // a pointer to a struct, as kong reads it
	Bind     []kong.Option // what the methods Run take beyond context and IO
	Commands []Program     // programs of their own, which the first argument names
}

// UsageError is an error of the arguments that the grammar could not find.
type UsageError struct{ text string }

func (e *UsageError) Error() string { return e.text }

// Usagef returns a UsageError.
func Usagef(format string, args ...any) error { return &UsageError{fmt.Sprintf(format, args...)} }

// Main runs a program as a process. The first interrupt ends its context; a second one
// ends the process.
func Main(p Program) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	os.Exit(p.Run(ctx, IO{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Getenv: os.Getenv}, os.Args[1:]))
}

// Run runs a program with arguments and returns its exit status.
func (p Program) Run(ctx context.Context, std IO, args []string) int {
	for _, c := range p.Commands {
		if len(args) > 0 && args[0] == c.Name {
			c.Name = p.Name + " " + c.Name
			return c.Run(ctx, std, args[1:])
		}
	}
	err := p.run(ctx, std, args)
	if err == nil {
		return Done
	}

	if usage := new(UsageError); errors.As(err, &usage) {
		fmt.Fprintf(std.Err, "%s: %s (-h explains)\n", p.Name, CleanLines(err.Error()))
		return Usage
	}
	fmt.Fprintf(std.Err, "%s: %s\n", p.Name, CleanLines(err.Error()))
	return Failed
}

func (p Program) run(ctx context.Context, std IO, args []string) error {
	explained := false
	parser, err := p.parser(ctx, std, func(int) { explained = true })
	if err != nil {
		return err
	}
	if len(args) > 0 && args[0] == "completion" {
		return p.complete(parser.Model, std.Out, args[1:])
	}

	parsed, err := parser.Parse(normalize(parser.Model.Node, args))
	if explained {
		return nil
	}
	if err == nil {
		err = checkRanges(parsed)
	}
	if err != nil {
		return p.usage(err, args)
	}
	return parsed.Run()
}

// usage makes an error of the arguments name the command that they chose, and the
// program that was meant, if one has a similar name.
func (p Program) usage(err error, args []string) error {
	hint := ""
	if len(args) > 0 {
		hint = DidYouMean(args[0], p.commandNames())
	}
	if failed := new(kong.ParseError); errors.As(err, &failed) && failed.Context != nil {
		if command := failed.Context.Selected(); command != nil {
			return Usagef("%s: %s%s", command.Path(), strings.TrimPrefix(err.Error(), command.Path()+": "), hint)
		}
	}

	return Usagef("%v%s", err, hint)
}

func (p Program) commandNames() []string {
	var names []string
	for _, c := range p.Commands {
		names = append(names, c.Name)
	}
	return names
}

func (p Program) parser(ctx context.Context, std IO, exit func(int)) (*kong.Kong, error) {
	options := []kong.Option{
		kong.Name(p.Name), kong.Description(p.about()), kong.Exit(exit), kong.Writers(std.Out, std.Err),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true, WrapUpperBound: Width}), kong.ValueFormatter(explain),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(std),
	}
	return kong.New(p.Grammar, append(options, p.Bind...)...)
}

// about is the description, with the programs that the first argument may name.
func (p Program) about() string {
	about := strings.TrimSpace(p.About)
	for _, c := range p.Commands {
		first, _, _ := strings.Cut(strings.TrimSpace(c.About), "\n")
		about += fmt.Sprintf("\n\n%s %s: %s", p.Name, c.Name, first)
	}
	return about
}

// explain is the help of a flag, with the range of its value.
func explain(v *kong.Value) string {
	help := kong.DefaultHelpValueFormatter(v)
	if v.Tag != nil && v.Tag.Has("range") {
		least, most, _ := strings.Cut(v.Tag.Get("range"), "..")
		text := bounds(least, most)
		help += " " + strings.ToUpper(text[:1]) + text[1:] + "."
	}
	return help
}
