// Package app wires the functions: it reads their settings, opens what they need and
// starts them under Function Compute's runtime.
//
// Table is every setting there is; Tables and Indexes are the schema of the store. A
// function's main calls one Start function and nothing else.
package app
