// Command sign signs a call step by step, and explains why a signature that was sent
// does not fit. See go run ./scripts/sign -h.
package main

import (
	"context"

	"aegis/scripts/internal/cli"
)

func main() { cli.Main(program()) }

func program() cli.Program {
	return cli.Program{Name: "sign", Grammar: &options{}, About: `
Signs a call step by step, or explains why a signature that was sent does not fit.

"sign Action Name=Value …" prints, for both versions of the signature, what is canonicalised, the StringToSign, the signature,
and a curl line that sends it. It sends nothing.

"sign -explain URL|FILE|-" reads a request that was refused: its URL, or a file (- is standard input) with the request as it went
over the wire, as curl -v printed it, or just its headers. It says which step went wrong and, if it is one of the usual mistakes
or two of them together, how. With -theirs it also compares the StringToSign or CanonicalRequest that the client made, byte by
byte.

The secret is never printed. Exit status: 0 if the signature fits, 1 if it does not, 2 if sign cannot say or was called wrongly.`}
}

// Run signs or explains.
func (o *options) Run(ctx context.Context, std cli.IO) error {
	if err := o.settle(ctx, std); err != nil {
		return err
	}
	if o.Explain {
		return explain(o, o.Words[0], std)
	}
	return show(o, o.Words[0], o.Words[1:])
}
