// Package operations is the table of the API's operations and errors.
//
// Each operation has one entry: its parameters with their types and ranges, its answer,
// its errors, who may call it, and what becomes of it at a reseller. From the table
// come
//
//   - the parser's checks and the texts of its refusals (package api);
//   - the messages and statuses of the sale's own errors, and the pages about them;
//   - the routes of the local gateway, the functions that the stack starts, and the
//     names that scripts/invoke and scripts/event take;
//   - the sample calls of events/, the tables of the documents, the code samples and
//     openapi.json (package reference).
//
// Tests hold s.yaml and the folders of functions/ against it.
//
// Ranges are checked by package sale, after a token has been looked up: an order that was
// sold once is answered again even if a later release sells less. The table names
// sale's limits, and a test sends values beyond each of them.
package operations
