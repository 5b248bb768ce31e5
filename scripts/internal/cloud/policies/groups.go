package policies

import (
	"slices"
	"strings"

	"aegis/shared/access"
	"aegis/shared/audit"
	"aegis/shared/ledger"
	"aegis/shared/marketplace"
	"aegis/shared/operations"
	"aegis/shared/tokenrow"
	"aegis/shared/upstream"
)

// Group is a set of functions that may do the same. Each has a role of its own.
type Group struct {
	Name      string   // such as sales: the role is NAME-sales, its setting FC_ROLE_SALES
	Functions []string // folders of functions/
	Callers   bool     // its functions verify callers' keys, so they may need KMS
	grants    []grant
}

// grant allows actions on a resource.
type grant struct {
	actions  []string
	resource func(Place) string
}

// Groups returns all groups. Every function is in one.
func Groups() []Group {
	return []Group{
		{Name: "sales", Functions: append([]string{"pop"}, operationsThat(false)...), Callers: true, grants: append(callers(),
			onTable(tokenrow.Sales().Name, "BatchGetRow", "BatchWriteRow", "GetRange"),
			onTable(access.Ceilings().Name, "BatchGetRow", "BatchWriteRow"),
		)},
		{Name: "summary", Functions: operationsThat(true), Callers: true, grants: append(callers(),
			onTable(tokenrow.Sales().Name, "BatchGetRow", "GetRange"),
		)},
		{Name: "orders", Functions: []string{"marketorders"}, grants: []grant{
			onTable(tokenrow.Sales().Name, "BatchGetRow", "BatchWriteRow"),
			onTable(marketplace.Instances().Name, "BatchGetRow", "BatchWriteRow"),
			onTable(marketplace.DeadLetters().Name, "BatchGetRow", "BatchWriteRow"),
			logs(),
		}},
		{Name: "spi", Functions: []string{"marketspi"}, grants: []grant{
			onTable(tokenrow.Sales().Name, "BatchGetRow"),
			onTable(marketplace.Instances().Name, "BatchGetRow"),
			{[]string{"mns:SendMessage"}, queueMessages(Queue)},
			logs(),
		}},
		{Name: "timer", Functions: []string{"renewals"}, grants: []grant{
			onTable(tokenrow.Sales().Name, "BatchGetRow", "BatchWriteRow"),
			onTable(ledger.ByDue().Name, "GetRange"),
			onTable(marketplace.Instances().Name, "BatchGetRow", "BatchWriteRow", "GetRange"),
			onTable(marketplace.DeadLetters().Name, "BatchGetRow", "BatchWriteRow", "GetRange"),
			{[]string{"mns:SendMessage"}, queueMessages(DeadQueue)}, // the destination of failed runs
			logs(),
		}},
	}
}

// operationsThat returns the functions of the operations that only read, or the others.
func operationsThat(read bool) []string {
	var functions []string
	for _, o := range operations.All() {
		if o.ReadOnly == read {
			functions = append(functions, o.Function())
		}
	}
	return functions
}

// callers is what verifying a caller needs. A nonce is read again after a lost answer.
func callers() []grant {
	return []grant{
		onTable(access.Keys().Name, "BatchGetRow"),
		onTable(access.Nonces().Name, "BatchGetRow", "BatchWriteRow"),
		logs(),
	}
}

func logs() grant { return grant{[]string{"log:PostLogStoreLogs"}, Place.logStore} }

// onTable grants requests on a table, or on an index.
func onTable(table string, requests ...string) grant {
	var actions []string
	for _, r := range requests {
		actions = append(actions, "ots:"+r)
	}
	return grant{actions, func(p Place) string { return p.table(table) }}
}

// Of returns the group of a function.
func Of(function string) (Group, bool) {
	all := Groups()
	i := slices.IndexFunc(all, func(g Group) bool { return slices.Contains(g.Functions, function) })
	if i < 0 {
		return Group{}, false
	}
	return all[i], true
}

// Role returns the name of the group's role in a deployment of a name. Serverless Devs
// writes names of roles in lower case.
func (g Group) Role(name string) string { return strings.ToLower(name) + "-" + g.Name }

// Setting returns the environment variable that names the role for s.yaml.
func (g Group) Setting() string { return "FC_ROLE_" + strings.ToUpper(g.Name) }

// Operator is what a person needs who runs admin and the doctor, and never deploys.
func Operator() Group {
	var grants []grant
	for _, table := range []string{tokenrow.Sales().Name, access.Keys().Name, access.Nonces().Name, marketplace.Instances().Name, marketplace.DeadLetters().Name, DoctorTable, DoctorIndexed} {
		grants = append(grants, onTable(table, "CreateTable", "DescribeTable", "CreateIndex", "AddDefinedColumn", "BatchGetRow", "BatchWriteRow", "GetRange"))
	}
	for _, index := range []string{ledger.ByDue().Name, upstream.ByUnfinished().Name, DoctorIndex} {
		grants = append(grants, onTable(index, "CreateIndex", "GetRange"))
	}
	grants = append(grants,
		onTable(access.Ceilings().Name, "CreateTable", "DescribeTable"),
		onTable(audit.Table().Name, "CreateTable", "DescribeTable", "BatchGetRow", "BatchWriteRow", "GetRange"),
		grant{[]string{"ots:GetInstance"}, Place.instance},
		grant{[]string{"mns:GetQueueAttributes"}, queue(Queue)},
		grant{[]string{"mns:GetQueueAttributes"}, queue(DeadQueue)},
		grant{[]string{"mns:SendMessage", "mns:PeekMessage"}, queueMessages(Queue)},
		grant{[]string{"mns:PeekMessage"}, queueMessages(DeadQueue)},
		grant{[]string{"log:GetLogStoreLogs"}, Place.logStore},
		grant{readOnly(), func(Place) string { return "*" }},
	)
	return Group{Name: "operator", grants: grants}
}

// readOnly are the actions by which the doctor reads what is deployed. Their services
// document no resource for some of them.
func readOnly() []string {
	return []string{
		"fc:GetFunction", "fc:ListTriggers", "fc:GetCustomDomain", "fc:GetConcurrencyConfig", "fc:GetAsyncInvokeConfig",
		"ram:GetRole", "ram:ListPoliciesForRole", "ram:GetPolicy",
		"eventbridge:ListEventStreamings", "apig:ListHttpApiRoutes", "kms:DescribeKey",
	}
}
