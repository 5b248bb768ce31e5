package policies

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Document is a RAM policy document.
type Document struct {
	Version   string
	Statement []Statement
}

// Statement is one statement of a Document.
type Statement struct {
	Effect    string
	Action    List
	Resource  List                `json:",omitempty"`
	Principal map[string][]string `json:",omitempty"`
}

// List is one value or several, as RAM takes either.
type List []string

// UnmarshalJSON reads a value or a list of them.
func (l *List) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		*l = List{one}
		return nil
	}
	return json.Unmarshal(text, (*[]string)(l))
}

// Document returns what a group may do.
func (g Group) Document(p Place) Document {
	d := Document{Version: "1"}
	for _, grant := range g.grants {
		d.Statement = append(d.Statement, Statement{Effect: "Allow", Action: grant.actions, Resource: List{grant.resource(p)}})
	}
	return d
}

// KMS returns what the groups of callers may do in addition where KMS has wrapped the
// master key.
func KMS(p Place) Document {
	key := fmt.Sprintf("acs:kms:%s:%s:key/%s", p.Region, p.Account, p.KMSKey)
	return Document{Version: "1", Statement: []Statement{{Effect: "Allow", Action: List{"kms:Decrypt"}, Resource: List{key}}}}
}

// Trust returns who may take a group's role: Function Compute.
func Trust() Document {
	return Document{Version: "1", Statement: []Statement{{
		Effect: "Allow", Action: List{"sts:AssumeRole"}, Principal: map[string][]string{"Service": {"fc.aliyuncs.com"}},
	}}}
}

// JSON returns a document as a file has it.
func (d Document) JSON() string {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(d) // strings and lists only
	return text.String()
}

// Differences compares a document that the cloud has with this one. It returns, one a
// line, what is missing there and what is there in addition.
func (d Document) Differences(text string) ([]string, error) {
	var theirs Document
	if err := json.Unmarshal([]byte(text), &theirs); err != nil {
		return nil, fmt.Errorf("the policy document is not JSON: %w", err)
	}
	mine, other := d.permissions(), theirs.permissions()
	var differences []string
	for _, p := range mine {
		if !slices.Contains(other, p) {
			differences = append(differences, "missing: "+p)
		}
	}
	for _, p := range other {
		if !slices.Contains(mine, p) {
			differences = append(differences, "not expected: "+p)
		}
	}
	return differences, nil
}

// permissions lists single permissions, so that documents that are written otherwise and
// say the same are equal.
func (d Document) permissions() []string {
	var all []string
	for _, s := range d.Statement {
		for _, action := range s.Action {
			for _, on := range append(slices.Clone(s.Resource), s.principals()...) {
				all = append(all, strings.ToLower(s.Effect)+" "+action+" "+on)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (s Statement) principals() []string {
	var all []string
	for kind, names := range s.Principal {
		for _, name := range names {
			all = append(all, kind+" "+name)
		}
	}
	return all
}
