package cli

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

// Reference is what -h prints for a program and the programs that its first argument
// names, and one line for each command with its own flags: a chapter for a document.
func (p Program) Reference() (string, error) {
	var text bytes.Buffer
	std := IO{Out: &text, Err: &text, Getenv: func(string) string { return "" }}
	if status := p.Run(context.Background(), std, []string{"-h"}); status != Done {
		return "", fmt.Errorf("%s -h ends with %d", p.Name, status)
	}
	parser, err := p.parser(context.Background(), std, func(int) {})
	if err != nil {
		return "", err
	}
	if leaves := parser.Model.Leaves(true); len(leaves) > 0 {
		fmt.Fprintf(&text, "\nThe flags of each command, in addition to those above:\n\n")
		for _, leaf := range leaves {
			fmt.Fprintln(&text, "  "+synopsis(leaf))
		}
	}

	for _, c := range p.Commands {
		c.Name = p.Name + " " + c.Name
		more, err := c.Reference()
		if err != nil {
			return "", err
		}
		text.WriteString("\n" + more)
	}
	return text.String(), nil
}

// synopsis is a command with its arguments and its own flags.
func synopsis(command *kong.Node) string {
	line := []string{command.Path()}
	for _, f := range command.Flags {
		flag := "-" + f.Name
		if !f.IsBool() {
			flag += "=" + f.FormatPlaceHolder()
		}
		if !f.Required {
			flag = "[" + flag + "]"
		}
		line = append(line, flag)
	}

	for _, positional := range command.Positional {
		line = append(line, positional.Summary())
	}
	return strings.Join(line, " ")
}
