package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"aegis/shared/app"
)

// check reports all that the chosen steps lack, at once. It sends nothing.
func (d *deployment) check() error {
	chosen, err := d.chosen()
	if err != nil {
		return err
	}
	needs := func(name string) bool {
		return slices.ContainsFunc(chosen, func(s step) bool { return s.name == name })
	}
	return d.refuse(append(d.problems(needs), d.missingTools(needs)...))
}

// refuse prints problems, and fails if there are any.
func (d *deployment) refuse(problems []string) error {
	for _, p := range problems {
		d.say("  %s", p)
	}
	if len(problems) > 0 {
		return fmt.Errorf("nothing was done: %d values or tools are missing or wrong", len(problems))
	}
	return nil
}

// problems lists the values that are missing or wrong.
func (d *deployment) problems(needs func(string) bool) []string {
	checked := table()
	if needs("functions") || needs("setup") {
		checked = append(checked, settingValues()...)
	}
	problems := d.problemsOf(checked)
	if d.values.get("EDGE") == "apig" && d.values.get("VPC") != "true" {
		problems = append(problems, "VPC is not true: the gateway of EDGE=apig stands in a VPC")
	}
	if len(problems) == 0 && (needs("functions") || needs("setup")) {
		return d.settingProblems("https://store.tablestore.aliyuncs.com", d.values.get("DEPLOYMENT"))
	}
	return problems
}

func (d *deployment) problemsOf(checked []value) []string {
	var problems []string
	for _, v := range checked {
		if problem := d.values.problem(v); problem != "" {
			problems = append(problems, problem)
		}
	}
	return problems
}

// missingTools lists the programs that steps run and PATH lacks.
func (d *deployment) missingTools(needs func(string) bool) []string {
	edge := d.values.get("EDGE")
	var missing []string
	if needs("activate") || needs("foundation") || needs("edge") && edge == "apig" {
		missing = append(missing, missingTool("OpenTofu (opentofu.org) or Terraform", "tofu", "terraform")...)
	}
	if needs("functions") || needs("edge") && edge == "domain" {
		missing = append(missing, missingTool("Serverless Devs (npm install -g @serverless-devs/s)", "s")...)
	}
	return missing
}

func missingTool(what string, names ...string) []string {
	if _, err := tool(names...); err != nil {
		return []string{fmt.Sprintf("%v: install %s", err, what)}
	}
	return nil
}

// settingProblems reads the functions' settings as a function will, on a store.
func (d *deployment) settingProblems(endpoint, instance string) []string {
	_, err := app.ReadSettings(func(name string) string {
		switch name {
		case "TABLESTORE_ENDPOINT":
			return endpoint
		case "TABLESTORE_INSTANCE":
			return instance
		}
		return d.values.get(name)
	})
	if err != nil {
		return []string{err.Error()}
	}
	return nil
}

// checkEnvironment checks the values of s.yaml alone. s.yaml runs it before it deploys:
// s refuses a missing value itself, and deploys any other.
func (d *deployment) checkEnvironment() error {
	names, err := d.requiredBySYAML()
	if err != nil {
		return err
	}
	checked := settingValues()
	for _, name := range append(names, "REGION") {
		checked = append(checked, value{
			name: name, meaning: "the foundation makes it, and \"deploy apply -step functions\" sets it", needed: always, fits: d.shapeOf(name),
		})
	}
	problems := d.problemsOf(checked)
	if len(problems) == 0 {
		problems = d.settingProblems(d.values.get("TABLESTORE_ENDPOINT"), d.values.get("TABLESTORE_INSTANCE"))
	}
	return d.refuse(problems)
}

// requiredBySYAML returns the environment variables that the foundation makes and for
// which s.yaml has no default.
func (d *deployment) requiredBySYAML() ([]string, error) {
	text, err := os.ReadFile(filepath.Join(d.root, "s.yaml"))
	if err != nil {
		return nil, fmt.Errorf("read what s.yaml needs: %w", err)
	}
	var names []string
	for _, match := range regexp.MustCompile(`env\('(\w+)'\)`).FindAllStringSubmatch(string(text), -1) {
		if !slices.Contains(append(names, "MARKET_SECRET", "REGION"), match[1]) {
			names = append(names, match[1])
		}
	}
	return names, nil
}
