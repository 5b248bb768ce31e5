package operations

import (
	"fmt"
	"strings"
)

// Text is a text in both languages of the documents.
type Text struct{ English, Chinese string }

// Operation is one action of the API.
type Operation struct {
	Name       string
	Text       Text // what it does
	Rules      Text // when it is refused, and what else a caller must know
	Parameters []Parameter
	Answers    []Answer // of a success, in addition to RequestId
	Errors     []string // the codes of its refusals, in addition to Common

	Granted  bool // only for keys that it is granted to by name
	ReadOnly bool
	Upstream Rule
}

// Rule says what becomes of an operation at a reseller (SALES_BACKEND=upstream).
type Rule string

const (
	// Forwarded operations are signed and sent to the endpoint that sells.
	Forwarded Rule = "forwarded"
	// Local operations are answered from the reseller's own records.
	Local Rule = "local"
	// Refused operations concern what the endpoint keeps, and it has no such
	// operation: accounts, orders and prices.
	Refused Rule = "refused"
)

// Function returns the folder under functions/ and the sample call under events/.
func (o Operation) Function() string { return strings.ToLower(o.Name) }

// Method returns the HTTP method of its samples.
func (o Operation) Method() string {
	if o.ReadOnly {
		return "GET"
	}
	return "POST"
}

// Parameter returns one of the operation's parameters.
func (o Operation) Parameter(name string) (p Parameter, ok bool) {
	for _, p := range o.Parameters {
		if p.Name == name {
			return p, true
		}
	}
	return Parameter{}, false
}

// Type is the form of a value. All values are sent as text.
type Type string

const (
	String  Type = "String"
	Integer Type = "Integer"
	Boolean Type = "Boolean"
	Amount  Type = "Amount" // CNY, with two decimals at most
	Time    Type = "Time"   // ISO 8601, in UTC
	List    Type = "List"
)

// Parameter is a parameter of an operation.
type Parameter struct {
	Name     string
	Type     Type
	Required bool
	Min, Max int64    // the range of an Integer, if Max is above 0
	MaxBytes int      // of a String, if it is above 0
	Values   []string // the values of a String, if it is one of these
	Default  string
	Text     Text
	Example  string // "": the samples leave it out
}

// Must returns what a value must be. It is the end of the refusal of another value.
func (p Parameter) Must() string {
	switch {
	case len(p.Values) > 1:
		last := len(p.Values) - 1
		return "It must be " + strings.Join(p.Values[:last], ", ") + " or " + p.Values[last] + "."
	case p.Type == Integer && p.Max > 0:
		return fmt.Sprintf("It must be an integer from %d to %d.", p.Min, p.Max)
	case p.Type == Integer:
		return "It must be an integer."
	case p.Type == Boolean:
		return "It must be true or false."
	case p.Type == Amount:
		return "It must be an amount in CNY with at most two decimals, such as 1234.56."
	case p.Type == Time:
		return "It must be a time in UTC, such as 2026-05-10T04:00:00Z."
	}
	return ""
}

// Answer is a field of a success.
type Answer struct {
	Name    string
	Type    Type
	Text    Text
	Example string
	Item    string   // of a List: the name of its items …
	Fields  []Answer // … and their fields
}
