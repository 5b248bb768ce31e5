package main

import (
	"cmp"
	"context"
	"errors"
	"time"

	"aegis/scripts/internal/cli"
	"aegis/scripts/internal/target"
	"aegis/shared/local"
	"aegis/shared/pop"
)

// options are the command line.
type options struct {
	target.Flags
	cli.Format
	Words     []string      `arg:"" name:"word" help:"Action and parameters as Name=Value; with -explain, what to explain." sep:"none"`
	Key       string        `help:"Access key ID (default: $ALIBABA_CLOUD_ACCESS_KEY_ID, else LTAI-local-owner)."`
	Secret    string        `help:"Its secret (default: $ALIBABA_CLOUD_ACCESS_KEY_SECRET, else that of the local stack)."`
	Token     string        `help:"STS token (default: $ALIBABA_CLOUD_SECURITY_TOKEN)."`
	Algorithm pop.Algorithm `default:"HMAC-SHA1" enum:"HMAC-SHA1,HMAC-SHA256" help:"Of version 1.0: HMAC-SHA1 or HMAC-SHA256."`
	Endpoint  string        `placeholder:"URL" help:"Where to send to (default: the stack's gateway)."`
	Version   string        `default:"2016-11-11" help:"Version of the API."`
	Method    string        `default:"POST" enum:"GET,POST" help:"GET or POST; of a received URL too."`
	Only      string        `default:"" enum:",v1,v3" placeholder:"v1|v3" help:"Show that version of the signature alone."`
	Form      bool          `help:"Send the parameters in the form."`
	Explain   bool          `help:"Explain a received request."`
	Theirs    string        `placeholder:"FILE" help:"With -explain: a file with the client's own StringToSign or CanonicalRequest."`
	Time      time.Time     `help:"Time to sign at or to judge at, such as 2026-03-01T12:00:00Z (default: now)."`
	Nonce     string        `help:"Nonce to sign with (default: random)."`

	signer pop.Signer
	print  cli.Printer
}

// Validate refuses words that explain nothing.
func (o *options) Validate() error {
	switch {
	case o.Explain && len(o.Words) > 1:
		return errors.New("--explain takes one URL, file or -")
	case o.Theirs != "" && !o.Explain:
		return errors.New("--theirs goes with --explain")
	}
	return nil
}

// settle fills in what was left to be found elsewhere.
func (o *options) settle(ctx context.Context, std cli.IO) (err error) {
	o.print = cli.Printer{Out: std.Out, JSON: o.JSON}
	o.Key = cmp.Or(o.Key, std.Getenv("ALIBABA_CLOUD_ACCESS_KEY_ID"), local.OwnerKey)
	o.Secret = cmp.Or(o.Secret, std.Getenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET"), local.OwnerSecret)
	o.Token = cmp.Or(o.Token, std.Getenv("ALIBABA_CLOUD_SECURITY_TOKEN"))
	if o.Time.IsZero() {
		o.Time = time.Now()
	}

	o.signer = pop.Signer{
		Credentials: pop.Credentials{AccessKeyID: o.Key, AccessKeySecret: o.Secret, SecurityToken: o.Token},
		Algorithm:   o.Algorithm, Clock: func() time.Time { return o.Time },
	}
	if o.Nonce != "" {
		o.signer.Nonce = func() string { return o.Nonce }
	}
	if o.Endpoint == "" {
		o.Endpoint, err = o.Flags.Endpoint(ctx, std)
	}

	return err
}
