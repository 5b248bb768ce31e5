package doctor

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"aegis/scripts/internal/cloud"
	"aegis/scripts/internal/cloud/policies"
)

// checkRoles compares who may take each role, its policies, and their documents.
func checkRoles(ctx context.Context, e *exam) finding {
	var wrong []string
	for _, g := range policies.Groups() {
		differences, err := e.roleDifferences(ctx, g)
		if err != nil {
			return failed(err, mendFoundation)
		}
		wrong = append(wrong, differences...)
	}
	if len(wrong) > 0 {
		return bad(mendFoundation+", which replaces the documents; detach policies that it does not know", "%s", list(wrong))
	}
	return good("%d roles equal their documents", len(policies.Groups()))
}

func (e *exam) roleDifferences(ctx context.Context, g policies.Group) ([]string, error) {
	name := g.Role(e.deployment())
	var role struct {
		Role struct{ AssumeRolePolicyDocument string }
	}
	if err := e.Cloud.Do(ctx, cloud.GetRole(name), &role); err != nil {
		return nil, err
	}
	wrong, err := policies.Trust().Differences(role.Role.AssumeRolePolicyDocument)
	if err != nil {
		return nil, fmt.Errorf("trust of role %s: %w", name, err)
	}
	attached, err := e.attachedDifferences(ctx, g)
	if err != nil {
		return nil, err
	}
	wrong = append(wrong, attached...)
	for policy, document := range e.documents(g) {
		differences, err := e.documentDifferences(ctx, policy, document)
		if err != nil {
			return nil, err
		}
		wrong = append(wrong, differences...)
	}
	for i := range wrong {
		wrong[i] = "role " + name + ": " + wrong[i]
	}
	return wrong, nil
}

// documents returns the policies of a group by their names.
func (e *exam) documents(g policies.Group) map[string]policies.Document {
	all := map[string]policies.Document{g.Role(e.deployment()): g.Document(e.place())}
	if g.Callers && e.Values("KMS_KEY") != "" {
		all[strings.ToLower(e.deployment())+"-kms"] = policies.KMS(e.place())
	}
	return all
}

func (e *exam) attachedDifferences(ctx context.Context, g policies.Group) (wrong []string, err error) {
	var attached struct {
		Policies struct {
			Policy []struct{ PolicyName, PolicyType string }
		}
	}
	if err := e.Cloud.Do(ctx, cloud.ListPoliciesForRole(g.Role(e.deployment())), &attached); err != nil {
		return nil, err
	}
	want := e.documents(g)
	var seen []string
	for _, p := range attached.Policies.Policy {
		seen = append(seen, p.PolicyName)
		if _, ok := want[p.PolicyName]; !ok || p.PolicyType != "Custom" {
			wrong = append(wrong, "not expected: policy "+p.PolicyName)
		}
	}
	for name := range want {
		if !slices.Contains(seen, name) {
			wrong = append(wrong, "missing: policy "+name)
		}
	}
	return wrong, nil
}

func (e *exam) documentDifferences(ctx context.Context, policy string, want policies.Document) ([]string, error) {
	var answer struct {
		DefaultPolicyVersion struct{ PolicyDocument string }
	}
	if err := e.Cloud.Do(ctx, cloud.GetPolicy(policy), &answer); err != nil {
		return nil, err
	}
	differences, err := want.Differences(answer.DefaultPolicyVersion.PolicyDocument)
	if err != nil {
		return nil, fmt.Errorf("policy %s: %w", policy, err)
	}
	return differences, nil
}
