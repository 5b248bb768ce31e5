package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"aegis/scripts/internal/cloud"
	"aegis/scripts/internal/cloud/policies"
)

// finding is what differs between a deployment and what was deployed.
type finding struct{ of, seen, want string }

func planDoctor(context.Context, *deployment) error { return nil }

// runDoctor compares what the cloud has with what was deployed. It changes nothing.
func runDoctor(ctx context.Context, d *deployment) error {
	if err := d.readMade(ctx); err != nil {
		return err
	}
	var findings []finding
	for _, look := range []func(context.Context) ([]finding, error){d.lookAtStore, d.lookAtRoles, d.lookAtFunctions} {
		found, err := look(ctx)
		if err != nil {
			return err
		}
		findings = append(findings, found...)
	}
	for _, f := range findings {
		d.say("  %s: seen %s, expected %s", f.of, f.seen, f.want)
	}
	if len(findings) > 0 {
		return fmt.Errorf("%d differences between the cloud and what was deployed", len(findings))
	}
	d.say("the store, the roles and the functions are as deployed")
	return nil
}

// lookAtStore compares the store's network ACL.
func (d *deployment) lookAtStore(ctx context.Context) ([]finding, error) {
	var instance struct {
		NetworkTypeACL   []string
		NetworkSourceACL []string
	}
	if err := d.client().Do(ctx, cloud.GetInstance(d.made["TABLESTORE_INSTANCE"]), &instance); err != nil {
		return nil, err
	}
	want := []string{"CLASSIC", "VPC"}
	if d.values.get("STORE_ACCESS") == "internet" {
		want = []string{"CLASSIC", "INTERNET", "VPC"}
	}
	slices.Sort(instance.NetworkTypeACL)
	if !slices.Equal(instance.NetworkTypeACL, want) {
		return []finding{{"network ACL of the store", fmt.Sprint(instance.NetworkTypeACL), fmt.Sprint(want)}}, nil
	}
	return nil, nil
}

// lookAtRoles compares the policy of each group with the table.
func (d *deployment) lookAtRoles(ctx context.Context) ([]finding, error) {
	place := policies.Place{
		Region: d.values.get("REGION"), Account: d.account, Instance: d.made["TABLESTORE_INSTANCE"],
		LogProject: d.made["LOG_PROJECT"], LogStore: d.made["LOG_STORE"],
	}
	var findings []finding
	for _, g := range policies.Groups() {
		name := g.Role(d.values.get("DEPLOYMENT"))
		var answer struct {
			DefaultPolicyVersion struct{ PolicyDocument string }
		}
		if err := d.client().Do(ctx, cloud.GetPolicy(name), &answer); err != nil {
			return nil, err
		}
		differences, err := g.Document(place).Differences(answer.DefaultPolicyVersion.PolicyDocument)
		if err != nil {
			return nil, fmt.Errorf("policy %s: %w", name, err)
		}
		if len(differences) > 0 {
			findings = append(findings, finding{"policy " + name, strings.Join(differences, "; "), "the document of scripts/deploy/1-foundation/policies/" + g.Name + ".json"})
		}
	}
	return findings, nil
}

// lookAtFunctions compares the runtime and the role of each function.
func (d *deployment) lookAtFunctions(ctx context.Context) ([]finding, error) {
	var findings []finding
	for _, g := range policies.Groups() {
		for _, function := range g.Functions {
			var seen struct{ Runtime, Role string }
			if err := d.client().Do(ctx, cloud.GetFunction("aegis-"+function), &seen); err != nil {
				return nil, err
			}
			if role := d.made[g.Setting()]; !strings.EqualFold(seen.Role, role) {
				findings = append(findings, finding{"role of aegis-" + function, seen.Role, role})
			}
			if seen.Runtime != "go1" {
				findings = append(findings, finding{"runtime of aegis-" + function, seen.Runtime, "go1"})
			}
		}
	}
	return findings, nil
}
