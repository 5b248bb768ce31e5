package doctor

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"aegis/scripts/internal/cloud"
	"aegis/shared/app"
	"aegis/shared/store"
)

const (
	mendFoundation = "repeat the step foundation of scripts/deploy"
	mendSetup      = "run: go run ./scripts/admin setup"
)

// checkInstance compares the store's type and the two lists of its network ACL.
func checkInstance(ctx context.Context, e *exam) finding {
	var seen struct {
		InstanceStatus        string
		InstanceSpecification string
		NetworkTypeACL        []string
		NetworkSourceACL      []string
	}
	if err := e.Cloud.Do(ctx, cloud.GetInstance(e.Values("TABLESTORE_INSTANCE")), &seen); err != nil {
		return failed(err, mendFoundation)
	}
	want := []string{"CLASSIC", "VPC"}
	if e.isOpen() {
		want = []string{"CLASSIC", "INTERNET", "VPC"}
	}
	slices.Sort(seen.NetworkTypeACL)

	var wrong []string
	differ := func(what string, seen, want any) {
		if fmt.Sprint(seen) != fmt.Sprint(want) {
			wrong = append(wrong, fmt.Sprintf("%s %v, expected %v", what, seen, want))
		}
	}
	differ("status", seen.InstanceStatus, "normal")
	differ("specification", seen.InstanceSpecification, "SSD") // HighPerformance
	differ("network types", seen.NetworkTypeACL, want)
	differ("network sources", seen.NetworkSourceACL, []string{"TRUST_PROXY"})
	if len(wrong) > 0 {
		return bad(mendFoundation+"; another type is another, empty instance", "%s", list(wrong))
	}
	return good("HighPerformance, open to %s", strings.Join(want, ", "))
}

func (e *exam) isOpen() bool { return e.Values("STORE_ACCESS") != "vpc" }

// checkAccess asks for a table by the public endpoint. A refusal by the network ACL is
// distinguished from one of the key, which has the same code.
func checkAccess(ctx context.Context, e *exam) finding {
	if e.PublicStore == nil {
		return skip("no public endpoint is known")
	}
	_, err := e.PublicStore.Describe(ctx, app.Tables()[0].Name)
	switch denied := store.IsDeniedByNetwork(err); {
	case denied && e.isOpen():
		return bad(mendFoundation+" with STORE_ACCESS=internet", "closed: %v", err)
	case denied:
		return good("closed to the Internet")
	case err != nil:
		return failed(err, "check the key's permissions on the store")
	case !e.isOpen():
		return bad(mendFoundation+" with STORE_ACCESS=vpc", "open to the Internet")
	}
	return good("open to the Internet")
}

// checkSchema describes every table.
func checkSchema(ctx context.Context, e *exam) finding {
	var wrong []string
	for _, table := range app.Tables() {
		seen, err := e.Store.Describe(ctx, table.Name)
		if err != nil {
			return failed(err, mendSetup)
		}
		wrong = append(wrong, seen.Differences(table, app.Indexes()...)...)
	}
	if len(wrong) > 0 {
		return bad(mendSetup+" makes what is missing; a table that differs has to be made again", "%s", list(wrong))
	}
	return good("%d tables, %d indexes", len(app.Tables()), len(app.Indexes()))
}
