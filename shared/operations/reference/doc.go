// Package reference shows the table of operations to people and programs: openapi.json,
// and a page about each error code. The local stack serves both.
//
// Its tests make what is generated from the table, and fail if a file is not current:
// openapi.json, the code samples beside it, the tables of the READMEs and the calls of
// events/. UPDATE=1 in the environment writes them:
//
//	UPDATE=1 go test ./shared/operations/reference
package reference
