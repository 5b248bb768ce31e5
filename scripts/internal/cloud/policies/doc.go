// Package policies is the one table of what each group of functions may do.
//
// Groups lists the groups with their functions. Document makes a RAM policy document of a
// group for one account. The files of scripts/deploy/1-foundation/policies are the same
// documents with the places left open, which Terraform fills in. A test keeps them
// current (UPDATE=1 go test ./scripts/internal/cloud/policies), and the doctor compares
// what the cloud has with Document.
//
// The actions are those of package store, which sends BatchGetRow, BatchWriteRow and
// GetRange and nothing else. A secondary index is a table of its own to RAM. Writing to a
// table needs no permission on its indexes.
package policies
