package console

import (
	"errors"
	"net/http"
	"strconv"

	"aegis/shared/local/console/tables"
)

// maxRows bounds a page of rows.
const maxRows = 1000

// data answers the instances of the store and the tables of one of them.
func (s *console) data(r *http.Request) (any, error) {
	instances := s.Data.Instances()
	name := r.URL.Query().Get("instance")
	if name == "" {
		name = instances[0]
	}
	all, err := s.Data.Tables(name)
	return map[string]any{"instances": instances, "instance": name, "tables": all}, unknown(err)
}

// unknown turns what is not there into a problem of the request.
func unknown(err error) error {
	if errors.Is(err, tables.ErrUnknown) {
		return notFound("no-table", err.Error())
	}
	return err
}

// rows answers a page of a table or an index.
func (s *console) rows(r *http.Request) (any, error) {
	q := r.URL.Query()
	limit, err := strconv.Atoi(q.Get("limit"))
	if err != nil || limit < 1 || limit > maxRows {
		return nil, invalid("limit", q.Get("limit"))
	}
	page, err := s.Data.Page(tables.Query{
		Instance: r.PathValue("instance"), Table: r.PathValue("table"), From: q.Get("from"), Prefix: q.Get("prefix") == "true",
		Cursor: q.Get("cursor"), Backward: q.Get("backward") == "true", Limit: limit,
	})
	return page, unknown(err)
}

// edit is a change of one row. The page sends it only once it is unlocked.
type edit struct {
	Row      string      `json:"row"`
	Unlocked bool        `json:"unlocked"`
	Delete   bool        `json:"delete"`
	Cell     tables.Cell `json:"cell"`
}

// editRow deletes a row or sets a column of it, and enters that in the audit log.
func (s *console) editRow(r *http.Request) (any, error) {
	var e edit
	if err := decode(r, &e); err != nil {
		return nil, err
	}
	if !e.Unlocked {
		return nil, conflict("locked", "")
	}

	instance, table, what := r.PathValue("instance"), r.PathValue("table"), "row put"
	do := func() error { return s.Data.Put(instance, table, e.Row, e.Cell) }
	if e.Delete {
		what, do = "row delete", func() error { return s.Data.Delete(instance, table, e.Row) }
	}
	if err := s.changed(r.Context(), what, "table "+table, do); err != nil {
		return nil, invalid("edit", err.Error())
	}
	return map[string]bool{"done": true}, nil
}
