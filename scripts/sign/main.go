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
	"time"

	"aegis/shared/pop"
)

func main() {
	os.Exit(run(os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr))
}

// options are the flags.
type options struct {
	signer            pop.Signer
	endpoint, version string
	method, only      string
	form, explain     bool
	theirs            string
	now               time.Time
}

func run(args []string, env func(string) string, stdin io.Reader, stdout, stderr io.Writer) int {
	o, rest, err := parse(args, env, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err == nil && o.explain:
		return explain(o, rest[0], stdin, stdout, stderr)
	case err == nil:
		err = show(o, rest[0], rest[1:], stdout)
	}
	if err != nil {
		fmt.Fprintln(stderr, "sign:", err)
		return 2
	}
	return 0
}

func parse(args []string, env func(string) string, stderr io.Writer) (*options, []string, error) {
	o := &options{}
	var at, nonce, algorithm string
	flags := flag.NewFlagSet("sign", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprintln(stderr, "usage: sign [flags] Action [Name=Value …]\n       sign -explain [flags] URL | FILE | -")
		flags.PrintDefaults()
	}
	flags.StringVar(&o.signer.AccessKeyID, "key", or(env("ALIBABA_CLOUD_ACCESS_KEY_ID"), "LTAI-local-owner"), "AccessKeyId")
	flags.StringVar(&o.signer.Secret, "secret", "", "its secret (default $ALIBABA_CLOUD_ACCESS_KEY_SECRET, else that of the local stack)")
	flags.StringVar(&o.signer.SecurityToken, "token", env("ALIBABA_CLOUD_SECURITY_TOKEN"), "STS token")
	flags.StringVar(&algorithm, "algorithm", "HMAC-SHA1", "of version 1.0: HMAC-SHA1 or HMAC-SHA256")
	flags.StringVar(&o.endpoint, "endpoint", "http://127.0.0.1:8080/", "URL to send to")
	flags.StringVar(&o.version, "version", "2016-11-11", "Version of the API")
	flags.StringVar(&o.method, "method", "POST", "GET or POST; of a received URL too")
	flags.StringVar(&o.only, "only", "", "v1 or v3: show that version alone")
	flags.BoolVar(&o.form, "form", false, "send the parameters in the form")
	flags.BoolVar(&o.explain, "explain", false, "explain a received request")
	flags.StringVar(&o.theirs, "theirs", "", "with -explain: a file with the client's own StringToSign or CanonicalRequest")
	flags.StringVar(&at, "time", "", "time to sign at, or to judge at, such as 2026-03-01T12:00:00Z (default now)")
	flags.StringVar(&nonce, "nonce", "", "nonce to sign with (default random)")
	if err := flags.Parse(args); err != nil {
		return nil, nil, err
	}
	o.signer.Secret = or(o.signer.Secret, env("ALIBABA_CLOUD_ACCESS_KEY_SECRET"), "local-owner-secret")
	o.signer.Algorithm = pop.Algorithm(algorithm)
	if nonce != "" {
		o.signer.Nonce = func() string { return nonce }
	}
	return o, flags.Args(), errors.Join(o.setTime(at), o.check(flags.Args()))
}

func (o *options) setTime(at string) (err error) {
	o.now = time.Now()
	if at != "" {
		o.now, err = time.Parse("2006-01-02T15:04:05Z", at)
	}
	o.signer.Clock = func() time.Time { return o.now }
	return err
}

func (o *options) check(args []string) error {
	switch {
	case len(args) == 0:
		return errors.New("name an Action to sign, or what to -explain (see -help)")
	case o.signer.Algorithm != pop.HMACSHA1 && o.signer.Algorithm != pop.HMACSHA256:
		return errors.New("-algorithm must be HMAC-SHA1 or HMAC-SHA256")
	case o.method != "GET" && o.method != "POST":
		return errors.New("-method must be GET or POST")
	case o.only != "" && o.only != "v1" && o.only != "v3":
		return errors.New("-only must be v1 or v3")
	}
	return nil
}

// or returns the first text that is not empty.
func or(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
