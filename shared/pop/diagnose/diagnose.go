// Package diagnose finds out why a signature does not fit.
//
// It signs the request again the way clients get it wrong: one usual mistake at
// a time, then any two together. If the signature that was sent comes out, that
// is how it was made. What it finds is therefore certain, up to a collision of
// hashes; where it finds nothing, the secret or a value is another.
//
// Explain judges a whole request: its form, time, key and signature. The texts are in
// English and Chinese.
package diagnose

import "aegis/shared/pop"

// Text is a text in both languages.
type Text struct{ English, Chinese string }

// Mistake is one way to get a signature wrong.
type Mistake struct {
	Step string // of signing, at which it happens
	Why  Text   // what happened, and what should, in a sentence or two
}

// The steps of both versions.
const (
	parameters   = "parameters"
	canonical    = "canonicalising"
	stringToSign = "StringToSign"
	key          = "key"
	output       = "signature"
)

// candidate is a mistake with what it does to an attempt at signing.
type candidate[T any] struct {
	Mistake
	make func(T) T
}

// search tries the candidates alone and in pairs, and returns the mistakes that
// lead to what was sent.
func search[T any](right T, candidates []candidate[T], fits func(T) bool) []Mistake {
	for _, one := range candidates {
		if fits(one.make(right)) {
			return []Mistake{one.Mistake}
		}
	}

	for i, one := range candidates {
		for _, other := range candidates[i+1:] {
			if fits(other.make(one.make(right))) {
				return []Mistake{one.Mistake, other.Mistake}
			}
		}
	}

	return nil
}

// Difference is where two texts part, and a little of each from there.
type Difference struct {
	At           int // byte offset
	Ours, Theirs string
}

// Compare finds the first difference; there is none between equal texts.
func Compare(ours, theirs string) (Difference, bool) {
	at := 0
	for at < len(ours) && at < len(theirs) && ours[at] == theirs[at] {
		at++
	}
	if at == len(ours) && at == len(theirs) {
		return Difference{}, false
	}
	return Difference{at, around(ours, at), around(theirs, at)}, true
}

func around(text string, at int) string {
	return text[max(0, at-24):min(len(text), at+24)]
}

// without returns p but for the parameter with this name.
func without(p pop.Params, name string) pop.Params {
	rest := make(pop.Params, 0, len(p))
	for _, param := range p {
		if param.Name != name {
			rest = append(rest, param)
		}
	}
	return rest
}
