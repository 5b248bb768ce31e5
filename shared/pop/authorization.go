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
		return a, InvalidSignatureMethod("It must be " + algorithmV3 + ".")
	}
	for _, name := range [...]string{"Credential", "SignedHeaders", "Signature"} {
		if strings.Count(fields, name+"=") > 1 {
			return a, IncompleteSignature("Authorization has " + name + " more than once.")
		}
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

func (a *Authorization) set(field string) error {
	name, value, _ := strings.Cut(field, "=")
	switch name {
	case "Credential":
		a.Credential = value
	case "SignedHeaders":
		a.SignedHeaders = value
	case "Signature":
		a.Signature = value
	default:
		return IncompleteSignature("Authorization holds more than Credential, SignedHeaders and Signature.")
	}
	return nil
}

func (a *Authorization) complete() error {
	switch {
	case a.Credential == "":
		return IncompleteSignature("Authorization has no Credential.")
	case a.SignedHeaders == "":
		return IncompleteSignature("Authorization has no SignedHeaders.")
	case a.Signature == "":
		return IncompleteSignature("Authorization has no Signature.")
	}
	return nil
}
