package pop

import "strings"

// Param is one name with its value, both decoded.
type Param struct{ Name, Value string }

// Params are parameters or headers. As parameters no two have the same name;
// as headers, a repeated header appears once per value.
type Params []Param

// Get returns the value of the parameter with exactly this name, byte for
// byte: Action and action are different parameters.
func (p Params) Get(name string) (value string, ok bool) {
	for i := range p {
		if p[i].Name == name {
			return p[i].Value, true
		}
	}
	return "", false
}

// Encode writes the parameters, in their order, as a query string or a form
// body. Its encoding is the strict one that signatures use, which every reader
// of either understands: a space is %20.
func (p Params) Encode() string {
	size := p.size() + 2*len(p)
	return string(appendQuery(make([]byte, 0, size+size/4), p))
}

// size returns the bytes of all names and values.
func (p Params) size() (bytes int) {
	for i := range p {
		bytes += len(p[i].Name) + len(p[i].Value)
	}
	return bytes
}

// header returns the value of the header with this name, in whatever case it
// was sent, and how many such headers there are.
func (p Params) header(name string) (value string, count int) {
	for i := range p {
		if len(p[i].Name) == len(name) && strings.EqualFold(p[i].Name, name) {
			value = p[i].Value
			count++
		}
	}
	return strings.Trim(value, " \t"), count
}

// sortByName sorts p by name, byte by byte, in place. Most clients send their
// parameters sorted, or nearly so, which insertion sort handles in one pass;
// [MaxParams] bounds the rest.
func (p Params) sortByName() {
	for i := 1; i < len(p); i++ {
		moving, at := p[i], i
		for ; at > 0 && before(moving.Name, p[at-1].Name); at-- {
			p[at] = p[at-1]
		}
		p[at] = moving
	}
}

// before reports whether a < b. Names mostly differ at once, so it rarely calls
// anything.
func before(a, b string) bool {
	if a != "" && b != "" && a[0] != b[0] {
		return a[0] < b[0]
	}
	return a < b
}

// repeated returns the first name that occurs twice in p, which is sorted.
func (p Params) repeated() (name string, found bool) {
	for i := 1; i < len(p); i++ {
		if p[i].Name == p[i-1].Name {
			return p[i].Name, true
		}
	}
	return "", false
}
