package pop

import "strings"

// algorithmV3 is the one algorithm of version 3 that is spoken here.
const algorithmV3 = "ACS3-HMAC-SHA256"

// Authorization is the header of that name in version 3:
//
//	ACS3-HMAC-SHA256 Credential=<key>,SignedHeaders=<a;b>,Signature=<hex>
type Authorization struct {
	Credential    string // the AccessKeyId
	SignedHeaders string // names joined with ';'
	Signature     string
}

// ParseAuthorization reads the header's value. The fields may come in any
// order, since Java writes Signature before SignedHeaders; each must be there
// once, and no other. The error is an *Error: InvalidSignatureMethod for
// another algorithm, IncompleteSignature for the rest.
func ParseAuthorization(value string) (Authorization, error) {
	var a Authorization
	algorithm, fields, _ := strings.Cut(value, " ")
	if algorithm != algorithmV3 {
		return a, InvalidSignatureMethod(`It is "` + shorten(algorithm) + `" and must be ` + algorithmV3 + ".")
	}

	for fields != "" {
		var field string
		field, fields, _ = strings.Cut(fields, ",")
		if err := a.set(strings.TrimSpace(field)); err != nil {
			return a, err
		}
	}

	return a, a.complete()
}

// set takes one field, name=value.
func (a *Authorization) set(field string) error {
	name, value, _ := strings.Cut(field, "=")
	into := a.field(name)

	switch {
	case into == nil:
		return IncompleteSignature("Authorization holds more than Credential, SignedHeaders and Signature.")
	case *into != "":
		return IncompleteSignature("Authorization has " + name + " more than once.")
	case value == "":
		return IncompleteSignature("Authorization has no " + name + ".")
	}

	*into = value
	return nil
}

func (a *Authorization) field(name string) *string {
	switch name {
	case "Credential":
		return &a.Credential
	case "SignedHeaders":
		return &a.SignedHeaders
	case "Signature":
		return &a.Signature
	}

	return nil
}

// complete returns which field is missing.
func (a *Authorization) complete() error {
	for _, name := range [...]string{"Credential", "SignedHeaders", "Signature"} {
		if *a.field(name) == "" {
			return IncompleteSignature("Authorization has no " + name + ".")
		}
	}
	return nil
}
