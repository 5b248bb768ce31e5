package cli

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"
)

// normalize writes flags as kong reads them: -owner X and -owner=X become --owner=X.
// A flag that takes a value takes the next argument, whatever it starts with, as
// package flag does: -fen -100. Nothing after -- is changed.
func normalize(model *kong.Node, args []string) []string {
	flags := map[string]*kong.Flag{}
	collect(model, flags)
	var out []string
	for i := 0; i < len(args); i++ {
		if args[i] == "--" {
			return append(out, args[i:]...)
		}
		name, ok := flagName(args[i])
		if !ok {
			out = append(out, args[i])
			continue
		}

		arg := "--" + name
		flag := flags[name]
		if flag != nil && !flag.IsBool() && i+1 < len(args) {
			i++
			arg += "=" + args[i]
		}
		out = append(out, arg)
	}
	return out
}

// flagName returns what follows the dashes of a long flag, its value included. One
// letter after one dash is a short flag, which kong knows.
func flagName(arg string) (name string, ok bool) {
	name = strings.TrimPrefix(strings.TrimPrefix(arg, "-"), "-")
	switch {
	case name == arg || strings.HasPrefix(name, "-"):
		return "", false
	case len(arg)-len(name) == 1 && len(name) == 1:
		return "", false
	}
	return name, name != "" && (name[0] < '0' || name[0] > '9')
}

func collect(node *kong.Node, flags map[string]*kong.Flag) {
	for _, f := range node.Flags {
		flags[f.Name] = f
	}
	for _, child := range node.Children {
		collect(child, flags)
	}
}

// checkRanges holds the numbers of flags against their tags range:"least..most". An
// empty side is no bound.
func checkRanges(parsed *kong.Context) error {
	for _, f := range parsed.Flags() {
		value, ok := number(f.Target)
		if !ok || f.Tag == nil || !f.Tag.Has("range") {
			continue
		}
		least, most, _ := strings.Cut(f.Tag.Get("range"), "..")
		if outside(value, least, -1) || outside(value, most, 1) {
			return fmt.Errorf("--%s must be %s, it is %v", f.Name, bounds(least, most), value)
		}
	}
	return nil
}

func number(v reflect.Value) (float64, bool) {
	if v.Kind() == reflect.Pointer {
		v = v.Elem() // the zero Value if the flag is not given
	}

	switch {
	case !v.IsValid():
	case v.CanInt():
		return float64(v.Int()), true
	case v.CanUint():
		return float64(v.Uint()), true
	case v.CanFloat():
		return v.Float(), true
	}

	return 0, false
}

// outside reports whether a value is beyond a bound, in the direction of its sign.
func outside(value float64, bound string, sign float64) bool {
	limit, err := strconv.ParseFloat(bound, 64)
	return err == nil && !(value*sign <= limit*sign)
}

func bounds(least, most string) string {
	switch {
	case most == "":
		return "at least " + least
	case least == "":
		return "at most " + most
	}
	return "from " + least + " to " + most
}
