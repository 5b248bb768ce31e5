// Package tables reads and changes the rows of any Tablestore by the real SDK, for a page
// that shows them: which tables and indexes an instance has, pages of a range by a cursor,
// and each value with its type and, where it is one, the time or the JSON that it stands
// for. Columns that hold secrets are masked, and are never written.
package tables
