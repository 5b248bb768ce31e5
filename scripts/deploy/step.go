package main

import (
	"context"
	"slices"
	"strings"

	"aegis/scripts/internal/cli"
)

// step is one step of a deployment. It may be repeated.
type step struct {
	name  string
	does  string // what it will do
	takes string // how long, as a rule
	once  bool   // a resumed apply does not do it again
	plan  func(context.Context, *deployment) error
	run   func(context.Context, *deployment) error
}

// steps returns all steps in their order.
func steps() []step {
	return []step{
		{
			"activate", "opens the pay-as-you-go services of Function Compute, Tablestore, Log Service, SMQ and EventBridge", "1 minute", true,
			planRoot("0-activate"), applyRoot("0-activate"),
		},
		{
			"foundation", "makes the store, the log project, two queues, a role for each group of functions, and service-linked roles", "2 minutes", true,
			planRoot("1-foundation"), runFoundation,
		},
		{
			"setup", "makes the tables and indexes, and brings accounts to the schema of this release", "1 to 2 minutes", false,
			planSetup, runSetup,
		},
		{
			"functions", "builds and deploys the functions with their triggers", "5 minutes", false,
			planFunctions, runFunctions,
		},
		{
			"edge", "makes the way by which callers reach the functions, as EDGE says", "1 to 10 minutes", false,
			planEdge, runEdge,
		},
		{
			"doctor", "verifies that the deployment is as the code assumes", "1 to 5 minutes", false,
			planDoctor, runDoctor,
		},
	}
}

func stepNames() []string {
	var names []string
	for _, s := range steps() {
		names = append(names, s.name)
	}
	return names
}

// chosen returns the steps that the flags name.
func (o options) chosen() ([]step, error) {
	all := steps()
	switch {
	case o.Step != "" && o.From != "":
		return nil, cli.Usagef("--step and --from both choose: give one")
	case o.Step != "":
		i, err := position(o.Step)
		if err != nil {
			return nil, err
		}
		return all[i : i+1], nil
	case o.From != "":
		i, err := position(o.From)
		if err != nil {
			return nil, err
		}
		return all[i:], nil
	}
	return all, nil
}

func position(name string) (int, error) {
	i := slices.Index(stepNames(), name)
	if i < 0 {
		return 0, cli.Usagef("there is no step %q: they are %s%s", name, strings.Join(stepNames(), ", "), cli.DidYouMean(name, stepNames()))
	}
	return i, nil
}
