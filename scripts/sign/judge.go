package main

import (
	"fmt"
	"strings"
	"time"

	"aegis/scripts/internal/cli"
	"aegis/scripts/sign/diagnose"
	"aegis/shared/pop"
)

// say prints one line of the verdict, and remembers if it is a bad one.
func (r *report) say(ok bool, what, text string) {
	mark := "ok    "
	if !ok {
		mark, r.wrong = "WRONG ", true
	}
	if r.JSON {
		r.print.Say([]cli.Field{{Name: "ok", Value: ok}, {Name: "what", Value: what}, {Name: "text", Value: text}}, "")
		return
	}

	text = strings.ReplaceAll(cli.CleanLines(text), "\n", "\n"+strings.Repeat(" ", 23))
	fmt.Fprintf(r.print.Out, "%s %-15s %s\n", mark, what, text)
}

func (r *report) judgeTime() {
	skew := r.Time.Sub(r.call.Timestamp).Round(time.Second)
	text := fmt.Sprintf("%s is %s behind the clock here", r.call.Timestamp.Format(time.RFC3339), skew)
	if skew < 0 {
		text = fmt.Sprintf("%s is %s ahead of the clock here", r.call.Timestamp.Format(time.RFC3339), -skew)
	}
	if r.call.CheckTime(r.Time) == nil {
		r.say(true, "time", text)
		return
	}

	text += "; 15 minutes are allowed"
	if hours := skew.Round(time.Hour); hours != 0 && (skew-hours).Abs() <= pop.MaxSkew && hours.Abs() <= 14*time.Hour {
		text += fmt.Sprintf(".\nThat is about %d whole hours: local time written as if it were UTC?", int(hours.Abs().Hours()))
	}

	r.say(false, "time", text)
}

func (r *report) judgeKey() {
	if r.call.AccessKeyID != r.signer.AccessKeyID {
		r.say(false, "key", fmt.Sprintf("it is signed as %q, but -key is %q: give the secret that belongs to it", r.call.AccessKeyID, r.signer.AccessKeyID))
		return
	}
	r.say(true, "key", r.call.AccessKeyID)
}

func (r *report) judgeSignature() {
	err := r.call.Verify(r.signer.AccessKeySecret)
	if err == nil {
		r.say(true, "signature", r.sent)
		return
	}
	if r.sent == r.trace.Signature {
		r.say(false, "body", err.Error())
		return
	}

	r.say(false, "signature", r.sent+"\nshould be "+r.trace.Signature)
	mistakes := r.mistakes()
	for _, m := range mistakes {
		r.say(false, m.Step, m.Why)
	}

	if len(mistakes) == 0 {
		r.say(false, "secret or value", "no usual mistake leads to this signature: the secret is another, or a value was changed after\n"+
			"signing. Compare what the client signed: -theirs FILE.")
	}
}

func (r *report) mistakes() []diagnose.Mistake {
	if r.header3 == nil {
		return diagnose.V1(r.request.Method, r.query, r.form, r.signer.AccessKeySecret)
	}
	return diagnose.V3(r.request, *r.header3, r.query, r.form, r.signer.AccessKeySecret)
}
