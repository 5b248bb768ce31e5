package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"aegis/scripts/internal/cli"
	"aegis/scripts/sign/wire"
	"aegis/shared/pop"
	"aegis/shared/pop/diagnose"
)

// explain prints what is wrong with a received request.
func explain(o *options, source string, std cli.IO) error {
	request, err := o.read(source, std.In)
	if err != nil {
		return cli.Usagef("%v", err)
	}

	verdict := diagnose.Explain(diagnose.Question{Request: request, AccessKeyID: o.signer.AccessKeyID, Secret: o.signer.AccessKeySecret, Now: o.Time})
	for _, f := range verdict.Findings {
		o.say(f)
	}
	if verdict.Trace == (pop.Trace{}) {
		return errWrong
	}
	theirs, err := o.compareTheirs(verdict)
	if err != nil {
		return cli.Usagef("%v", err)
	}

	if !o.JSON {
		fmt.Fprintln(std.Out)
	}
	o.step("Canonical", verdict.Trace.Canonical)
	o.step("StringToSign", verdict.Trace.StringToSign)
	if verdict.Wrong() || !theirs {
		return errWrong
	}
	return nil
}

var errWrong = errors.New("the request would be refused")

// read finds the request: in source itself, in a file, or in stdin.
func (o *options) read(source string, stdin io.Reader) (_ *pop.Request, err error) {
	text := source
	if !strings.Contains(source, "://") {
		if text, err = readText(source, stdin); err != nil {
			return nil, err
		}
	}
	return wire.Read(text, o.Method, o.Endpoint)
}

func readText(file string, stdin io.Reader) (string, error) {
	if file == "-" {
		text, err := io.ReadAll(stdin)
		return string(text), err
	}
	text, err := os.ReadFile(file)
	return string(text), err
}

// say prints one line of the verdict.
func (o *options) say(f diagnose.Finding) {
	mark := "ok    "
	if !f.OK {
		mark = "WRONG "
	}
	if o.JSON {
		o.print.Say([]cli.Field{{Name: "ok", Value: f.OK}, {Name: "what", Value: f.What}, {Name: "text", Value: f.Text.English}}, "")
		return
	}

	text := strings.ReplaceAll(cli.CleanLines(f.Text.English), "\n", "\n"+strings.Repeat(" ", 23))
	fmt.Fprintf(o.print.Out, "%s %-15s %s\n", mark, f.What, text)
}

// compareTheirs compares what the client says it signed, and reports whether it is the
// same.
func (o *options) compareTheirs(v diagnose.Verdict) (same bool, err error) {
	if o.Theirs == "" {
		return true, nil
	}

	text, err := os.ReadFile(o.Theirs)
	if err != nil {
		return false, err
	}

	theirs := strings.TrimRight(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n")
	name, ours := "StringToSign", v.Trace.StringToSign
	if v.V3 && !strings.HasPrefix(theirs, "ACS3-HMAC-SHA256\n") {
		name, ours = "CanonicalRequest", v.Trace.Canonical
	}
	finding := diagnose.Finding{OK: true, What: "theirs"}
	finding.Text.English = "the client's " + name + " is ours: where the signature differs all the same, the secret does"
	if d, differ := diagnose.Compare(ours, theirs); differ {
		finding.OK = false
		finding.Text.English = fmt.Sprintf("the client's %s differs from byte %d on:\nours   …%s…\ntheirs …%s…", name, d.At, d.Ours, d.Theirs)
	}

	o.say(finding)
	return finding.OK, nil
}
