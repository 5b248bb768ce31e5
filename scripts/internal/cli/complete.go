package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// complete prints a script by which a shell completes the program's commands and flags.
func (p Program) complete(model *kong.Application, out io.Writer, args []string) error {
	if len(args) != 1 || args[0] != "bash" && args[0] != "zsh" {
		return Usagef("completion takes bash or zsh")
	}
	words := append(p.commandNames(), "completion", "-h")
	words = append(words, wordsOf(model.Node)...)
	slices.Sort(words)
	list := strings.Join(slices.Compact(words), " ")

	function := "_aegis_" + p.Name
	if args[0] == "zsh" {
		fmt.Fprintln(out, "autoload -U +X bashcompinit && bashcompinit")
	}
	_, err := fmt.Fprintf(out, `%s() {
	COMPREPLY=($(compgen -W %q -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F %s %s
`, function, list, function, p.Name)
	return err
}

// wordsOf lists what may be written for a command: the names of its commands and of
// all flags, with one dash.
func wordsOf(node *kong.Node) []string {
	var words []string
	for _, f := range node.Flags {
		words = append(words, "-"+f.Name)
	}
	for _, child := range node.Children {
		words = append(words, child.Name)
		words = append(words, wordsOf(child)...)
	}
	return words
}
