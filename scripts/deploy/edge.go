package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"aegis/scripts/internal/cloud"
	"aegis/scripts/internal/doctor"
)

// domainFile deploys the custom domain.
const domainFile = "scripts/deploy/domain.yaml"

func planEdge(ctx context.Context, d *deployment) error {
	switch d.values.get("EDGE") {
	case "apig":
		return d.planGateway(ctx)
	case "domain":
		d.say("%s leads to the functions; its CNAME must be %s.%s.fc.aliyuncs.com before", d.values.get("DOMAIN"), d.account, d.values.get("REGION"))
	case "apigateway":
		d.say("the import file of API Gateway is written to %s", d.importFile())
	default:
		d.say("EDGE is none: callers use the HTTP trigger's own name under fcapp.run")
	}
	return nil
}

func (d *deployment) planGateway(ctx context.Context) error {
	if err := d.readMade(ctx); err != nil {
		d.say("the gateway can be planned after the step foundation: %v", err)
		return nil
	}
	return planRoot("2-edge")(ctx, d)
}

func runEdge(ctx context.Context, d *deployment) error {
	switch d.values.get("EDGE") {
	case "domain":
		return d.runServerless(ctx, "deploy", "-y", "-t", domainFile)
	case "apig":
		return d.runGateway(ctx)
	case "apigateway":
		return d.importAPIs(ctx)
	}
	d.say("EDGE is none: nothing to do")
	return nil
}

// runGateway makes the cloud-native gateway and publishes its routes.
func (d *deployment) runGateway(ctx context.Context) error {
	if err := d.readMade(ctx); err != nil {
		return err
	}
	t, err := d.terraform(ctx, "2-edge")
	if err != nil {
		return err
	}
	if err := t.apply(ctx); err != nil {
		return err
	}
	var made map[string]struct{ API, Route string }
	if err := t.outputs(ctx, "routes", &made); err != nil {
		return err
	}

	client := d.client()
	for _, path := range slices.Sorted(maps.Keys(made)) {
		if err := client.Do(ctx, cloud.DeployHTTPAPIRoute(made[path].API, made[path].Route), nil); err != nil {
			return fmt.Errorf("publish the route %s: %w", path, err)
		}
		d.say("published the route %s", path)
	}
	return nil
}

func (d *deployment) importFile() string { return filepath.Join(d.State, "apigateway.json") }

// importAPIs writes the import file of the traditional API Gateway, and imports it into
// the group that the values name: as a dry run first.
func (d *deployment) importAPIs(ctx context.Context) error {
	role, err := d.gatewayRole()
	if err != nil {
		return err
	}
	document, err := importDocument(d.values.get("REGION"), d.values.get("QUALIFIER"), role)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(d.State, 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(d.importFile(), document, 0o600); err != nil {
		return fmt.Errorf("write the import file: %w", err)
	}
	group := d.values.get("API_GROUP")
	if group == "" {
		d.say("wrote %s: import it into an API group and publish its APIs (API_GROUP imports it here)", d.importFile())
		return nil
	}
	for _, dry := range []bool{true, false} {
		var answer struct{ Failed imported }
		if err := d.client().Do(ctx, cloud.ImportSwagger(group, string(document), dry), &answer); err != nil {
			return err
		}
		if err := answer.Failed.err(); err != nil {
			return err
		}
	}
	d.say("imported %d APIs into the group %s: publish them in the console", len(doctor.Routes()), group)
	return nil
}

// gatewayRole is the role by which the traditional gateway calls functions. It exists in
// accounts that have that gateway.
func (d *deployment) gatewayRole() (string, error) {
	if d.account == "" {
		return "", fmt.Errorf("the account is not known")
	}
	return "acs:ram::" + d.account + ":role/aliyunapigatewayaccessingfcrole", nil
}

// imported lists the APIs that ImportSwagger refused.
type imported struct {
	ApiImportSwaggerFailed []struct{ Path, HttpMethod, ErrorMsg string }
}

func (i imported) err() error {
	for _, failed := range i.ApiImportSwaggerFailed {
		return fmt.Errorf("import %s %s: %s", failed.HttpMethod, failed.Path, failed.ErrorMsg)
	}
	return nil
}
