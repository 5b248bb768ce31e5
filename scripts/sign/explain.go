package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"aegis/scripts/internal/cli"
	"aegis/scripts/sign/diagnose"
	"aegis/scripts/sign/wire"
	"aegis/shared/pop"
)

// report is an explanation in the making.
type report struct {
	*options
	request     *pop.Request
	query, form pop.Params // in the order they came
	call        *pop.Call
	trace       pop.Trace
	sent        string             // the signature
	header3     *pop.Authorization // of version 3
	wrong       bool
}

// explain prints what is wrong with a received request.
func explain(o *options, source string, std cli.IO) error {
	r := &report{options: o}
	if err := r.read(source, std.In); err != nil {
		return cli.Usagef("%v", err)
	}
	if err := r.decode(); err != nil {
		r.say(false, "request", err.Error()+r.misspelt(err))
		return errWrong
	}
	r.judgeTime()
	r.judgeKey()
	r.judgeSignature()
	if err := r.compareTheirs(); err != nil {
		return cli.Usagef("%v", err)
	}

	if !r.JSON {
		fmt.Fprintln(std.Out)
	}
	r.step("Canonical", r.trace.Canonical)
	r.step("StringToSign", r.trace.StringToSign)
	if r.wrong {
		return errWrong
	}
	return nil
}

var errWrong = errors.New("the request would be refused")

// read finds the request: in source itself, in a file, or in stdin.
func (r *report) read(source string, stdin io.Reader) (err error) {
	text := source
	if !strings.Contains(source, "://") {
		if text, err = readText(source, stdin); err != nil {
			return err
		}
	}
	r.request, err = wire.Read(text, r.Method, r.Endpoint)
	return err
}

func readText(file string, stdin io.Reader) (string, error) {
	if file == "-" {
		text, err := io.ReadAll(stdin)
		return string(text), err
	}
	text, err := os.ReadFile(file)
	return string(text), err
}

// decode takes the request apart as the endpoint would. What is broken in query
// or form, Decode says.
func (r *report) decode() (err error) {
	r.query, _ = pop.ParseQuery(r.request.RawQuery)
	media := header(r.request, "content-type")
	if strings.HasPrefix(strings.ToLower(media), "application/x-www-form-urlencoded") {
		r.form, _ = pop.ParseQuery(string(r.request.Body))
	}
	if r.call, err = pop.Decode(r.request); err != nil {
		return err
	}

	r.sign()
	return nil
}

// misspelt reports whether what is missing is there in another case.
func (r *report) misspelt(err error) string {
	refusal := &pop.Error{}
	errors.As(err, &refusal)
	for _, p := range append(r.query, r.form...) {
		if missing := "Missing" + p.Name; refusal.Code != missing && strings.EqualFold(refusal.Code, missing) {
			return "\nIt has " + p.Name + " instead: names are compared byte for byte."
		}
	}
	return ""
}

// sign signs the request as it should have been.
func (r *report) sign() {
	if a, err := pop.ParseAuthorization(header(r.request, "authorization")); err == nil {
		request := *r.request
		request.Query = r.query
		r.header3, r.sent, r.trace = &a, a.Signature, pop.TraceV3(r.signer.AccessKeySecret, &request, a.SignedHeaders)
		return
	}

	r.sent, _ = r.call.Params.Get("Signature")
	algorithm := pop.HMACSHA1
	if method, _ := r.call.Params.Get("SignatureMethod"); strings.EqualFold(method, string(pop.HMACSHA256)) {
		algorithm = pop.HMACSHA256
	}

	r.trace = pop.TraceV1(algorithm, r.signer.AccessKeySecret, r.request.Method, r.call.Params)
}

// compareTheirs compares what the client says it signed.
func (r *report) compareTheirs() error {
	if r.Theirs == "" {
		return nil
	}

	text, err := os.ReadFile(r.Theirs)
	if err != nil {
		return err
	}

	theirs := strings.TrimRight(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n")
	name, ours := "StringToSign", r.trace.StringToSign
	if r.header3 != nil && !strings.HasPrefix(theirs, "ACS3-HMAC-SHA256\n") {
		name, ours = "CanonicalRequest", r.trace.Canonical
	}
	if d, differ := diagnose.Compare(ours, theirs); differ {
		r.say(false, "theirs", fmt.Sprintf("the client's %s differs from byte %d on:\nours   …%s…\ntheirs …%s…", name, d.At, d.Ours, d.Theirs))
		return nil
	}

	r.say(true, "theirs", "the client's "+name+" is ours: where the signature differs all the same, the secret does")
	return nil
}

func header(r *pop.Request, name string) string {
	value, _ := r.Header.Get(name)
	return value
}
