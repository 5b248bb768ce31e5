package cloudtest

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

//go:embed metadata.json
var metadata []byte

// api is the metadata of one API.
type api struct {
	Product, Version, Style, Action string
	Methods                         []string
	Path                            string // of the ROA style, with names in braces
	Parameters                      []parameter
}

// parameter is one parameter of an API, or a property of a body.
type parameter struct {
	Name, In, Type string
	Required       bool
	Properties     map[string]parameter
}

// readAPIs returns the metadata by action.
func readAPIs() (map[string]api, error) {
	var all []api
	if err := json.Unmarshal(metadata, &all); err != nil {
		return nil, fmt.Errorf("read metadata.json: %w", err)
	}
	byAction := map[string]api{}
	for _, a := range all {
		byAction[a.Action] = a
	}
	return byAction, nil
}

// check holds a request against the metadata.
func (a api) check(r Request) error {
	if r.Version != a.Version {
		return fmt.Errorf("the version is %s, it must be %s", r.Version, a.Version)
	}
	if !slices.Contains(a.Methods, r.Method) {
		return fmt.Errorf("the method is %s, it must be one of %v", r.Method, a.Methods)
	}
	values, err := a.values(r)
	if err != nil {
		return err
	}
	return a.checkValues(values)
}

// values returns the parameters of a request by place and name, such as "query Limit".
func (a api) values(r Request) (map[string]any, error) {
	values, err := pathValues(a.Path, r.Path)
	if err != nil {
		return nil, err
	}
	for name, value := range r.Query {
		values["query "+name] = value
	}
	for name, value := range r.Form {
		values["formData "+name] = value
	}
	if r.Body != nil {
		values["body body"] = r.Body
	}
	return values, nil
}

// pathValues reads the names of a template from a path.
func pathValues(template, path string) (map[string]any, error) {
	values := map[string]any{}
	want := strings.Split(template, "/")
	got := strings.Split(path, "/")
	if len(want) != len(got) {
		return nil, fmt.Errorf("the path is %s, it must be %s", path, template)
	}
	for i, segment := range want {
		name, isName := strings.CutPrefix(segment, "{")
		switch {
		case isName && got[i] != "":
			values["path "+strings.TrimSuffix(name, "}")] = got[i]
		case got[i] != segment:
			return nil, fmt.Errorf("the path is %s, it must be %s", path, template)
		}
	}
	return values, nil
}

func (a api) checkValues(values map[string]any) error {
	for _, p := range a.Parameters {
		key := p.In + " " + p.Name
		value, there := values[key]
		delete(values, key)
		if p.Required && !there {
			return fmt.Errorf("the required parameter %s is missing", key)
		}
		if there {
			if err := p.check(key, value); err != nil {
				return err
			}
		}
	}
	for key := range values {
		return fmt.Errorf("there is no parameter %s", key)
	}
	return nil
}

// check holds a value against the parameter's type.
func (p parameter) check(key string, value any) error {
	ok := true
	switch p.Type {
	case "string":
		_, ok = value.(string)
	case "boolean":
		ok = value == true || value == false || value == "true" || value == "false"
	case "integer":
		_, err := strconv.Atoi(fmt.Sprint(value))
		ok = err == nil
	case "object":
		return p.checkObject(key, value)
	default:
		ok = false
	}
	if !ok {
		return fmt.Errorf("the parameter %s is no %s", key, p.Type)
	}
	return nil
}

func (p parameter) checkObject(key string, value any) error {
	object, ok := value.(map[string]any)
	if !ok {
		return fmt.Errorf("the parameter %s is no object", key)
	}
	for name, below := range object {
		property, known := p.Properties[name]
		if !known {
			return fmt.Errorf("the parameter %s has no property %s", key, name)
		}
		if err := property.check(key+"."+name, below); err != nil {
			return err
		}
	}
	return nil
}
