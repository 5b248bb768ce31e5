package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"time"

	"aegis/shared/pop"
)

// options are the flags.
type options struct {
	signer            pop.Signer
	endpoint, version string
	method, only      string
	form, explain     bool
	theirs            string
	now               time.Time

	at, nonce, algorithm string // as written
}

// parse reads flags, which may stand anywhere, and returns the other words.
func parse(args []string, env func(string) string, stderr io.Writer) (*options, []string, error) {
	o := &options{}
	flags := o.declare(env)
	var words []string
	for {
		if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
			flags.SetOutput(stderr)
			fmt.Fprintln(stderr, "usage: sign [flags] Action [Name=Value …]\n       sign -explain [flags] URL | FILE | -")
			flags.PrintDefaults()
			return nil, nil, err
		} else if err != nil {
			return nil, nil, err
		}
		if flags.NArg() == 0 {
			break
		}
		words, args = append(words, flags.Arg(0)), flags.Args()[1:]
	}
	return o, words, errors.Join(o.settle(env), o.check(words))
}

func (o *options) declare(env func(string) string) *flag.FlagSet {
	flags := flag.NewFlagSet("sign", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.Usage = func() {}
	flags.StringVar(&o.signer.AccessKeyID, "key", cmp.Or(env("ALIBABA_CLOUD_ACCESS_KEY_ID"), "LTAI-local-owner"), "AccessKeyId")
	flags.StringVar(&o.signer.AccessKeySecret, "secret", "", "its secret (default $ALIBABA_CLOUD_ACCESS_KEY_SECRET, else that of the local stack)")
	flags.StringVar(&o.signer.SecurityToken, "token", env("ALIBABA_CLOUD_SECURITY_TOKEN"), "STS token")
	flags.StringVar(&o.algorithm, "algorithm", "HMAC-SHA1", "of version 1.0: HMAC-SHA1 or HMAC-SHA256")
	flags.StringVar(&o.endpoint, "endpoint", "http://127.0.0.1:8080/", "URL to send to")
	flags.StringVar(&o.version, "version", "2016-11-11", "Version of the API")
	flags.StringVar(&o.method, "method", "POST", "GET or POST; of a received URL too")
	flags.StringVar(&o.only, "only", "", "v1 or v3: show that version alone")
	flags.BoolVar(&o.form, "form", false, "send the parameters in the form")
	flags.BoolVar(&o.explain, "explain", false, "explain a received request")
	flags.StringVar(&o.theirs, "theirs", "", "with -explain: a file with the client's own StringToSign or CanonicalRequest")
	flags.StringVar(&o.at, "time", "", "time to sign at, or to judge at, such as 2026-03-01T12:00:00Z (default now)")
	flags.StringVar(&o.nonce, "nonce", "", "nonce to sign with (default random)")
	return flags
}

// settle fills in what was left to be found elsewhere.
func (o *options) settle(env func(string) string) (err error) {
	o.signer.AccessKeySecret = cmp.Or(o.signer.AccessKeySecret, env("ALIBABA_CLOUD_ACCESS_KEY_SECRET"), "local-owner-secret")
	o.signer.Algorithm = pop.Algorithm(o.algorithm)
	if o.nonce != "" {
		o.signer.Nonce = func() string { return o.nonce }
	}
	o.now = time.Now()
	if o.at != "" {
		o.now, err = time.Parse("2006-01-02T15:04:05Z", o.at)
	}
	o.signer.Clock = func() time.Time { return o.now }
	return err
}

func (o *options) check(words []string) error {
	switch {
	case len(words) == 0:
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
