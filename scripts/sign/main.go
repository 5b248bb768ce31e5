// Command sign signs a call step by step, and explains why a signature that was
// sent does not fit.
//
//	go run ./scripts/sign [flags] Action [Name=Value …]
//	go run ./scripts/sign -explain [flags] URL | FILE | -
//
// The first prints, for both versions of the signature, what is canonicalised,
// the StringToSign, the signature, and a curl line that sends it.
//
// The second reads a request that was refused: its URL, or a file (- is standard
// input) with the request as it went over the wire, as curl -v printed it, or
// just its headers. It says which step went wrong and, if it is one of the usual
// mistakes or two of them together, how. With -theirs it also compares the
// StringToSign or CanonicalRequest that the client made, byte by byte. Its exit
// status is 0 if the signature fits, 1 if it does not, 2 if it cannot tell.
//
// The secret comes from ALIBABA_CLOUD_ACCESS_KEY_SECRET or -secret, and is never
// printed.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	os.Exit(run(os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr))
}

func run(args []string, env func(string) string, stdin io.Reader, stdout, stderr io.Writer) int {
	o, words, err := parse(args, env, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err == nil && o.explain:
		return explain(o, words[0], stdin, stdout, stderr)
	case err == nil:
		err = show(o, words[0], words[1:], stdout)
	}
	if err != nil {
		fmt.Fprintln(stderr, "sign:", err)
		return 2
	}
	return 0
}
