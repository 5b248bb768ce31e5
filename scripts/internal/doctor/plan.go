package doctor

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"go.yaml.in/yaml/v3"
)

// plan is what s.yaml deploys, with the values of the deployment filled in.
type plan struct {
	functions map[string]properties // by the function's folder
}

// properties are those of one function: its own, and its template's below them.
type properties map[string]any

func (p properties) text(name string) string { return fmt.Sprint(p[name]) }

// below returns the properties under a name, empty if there are none.
func (p properties) below(name string) properties {
	under, _ := p[name].(map[string]any)
	return under
}

// triggers returns the function's triggers by their names.
func (p properties) triggers() map[string]properties {
	all := map[string]properties{}
	list, _ := p["triggers"].([]any)
	for _, item := range list {
		trigger, _ := item.(map[string]any)
		all[properties(trigger).text("triggerName")] = trigger
	}
	return all
}

// names returns the folders of the functions, sorted.
func (p *plan) names() []string { return slices.Sorted(maps.Keys(p.functions)) }

// readPlan reads s.yaml once.
func (e *exam) readPlan() (*plan, error) {
	if e.plan != nil {
		return e.plan, nil
	}
	text, err := os.ReadFile(filepath.Join(e.Root, "s.yaml"))
	if err != nil {
		return nil, fmt.Errorf("read what s.yaml deploys: %w", err)
	}
	var file struct {
		Template  map[string]map[string]any
		Resources map[string]struct {
			Extend struct {
				Name   string
				Ignore []string
			}
			Props map[string]any
		}
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		return nil, fmt.Errorf("read what s.yaml deploys: %w", err)
	}

	p := &plan{functions: map[string]properties{}}
	for name, r := range file.Resources {
		template := maps.Clone(file.Template[r.Extend.Name])
		maps.DeleteFunc(template, func(name string, _ any) bool { return slices.Contains(r.Extend.Ignore, name) })
		p.functions[name] = e.fill(merged(template, r.Props)).(map[string]any)
	}
	e.plan = p
	return p, nil
}

// merged returns a template's properties with a function's own, as Serverless Devs merges
// them.
func merged(template, own map[string]any) map[string]any {
	all := map[string]any{}
	maps.Copy(all, template)
	for name, value := range own {
		under, isMap := value.(map[string]any)
		if isMap && all[name] != nil {
			value = merged(properties(all).below(name), under)
		}
		all[name] = value
	}
	return all
}

// fill replaces ${env('NAME')}, ${env('NAME', 'default')} and ${vars.region}. A reference
// without a default stays if its value is not known here: s does not deploy without one.
func (e *exam) fill(value any) any {
	switch v := value.(type) {
	case string:
		return e.fillText(v)
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = e.fill(v[i])
		}
		return list
	case map[string]any:
		filled := map[string]any{}
		for name := range v {
			filled[name] = e.fill(v[name])
		}
		return filled
	}
	return value
}

func (e *exam) fillText(text string) string {
	reference := regexp.MustCompile(`\$\{(?:vars\.region|env\('(\w+)'(, '([^']*)')?\))\}`)
	return reference.ReplaceAllStringFunc(text, func(match string) string {
		parts := reference.FindStringSubmatch(match)
		if parts[1] == "" {
			return e.Values("REGION")
		}
		switch value := e.Values(parts[1]); {
		case value != "":
			return value
		case parts[2] == "":
			return match
		}
		return parts[3]
	})
}
