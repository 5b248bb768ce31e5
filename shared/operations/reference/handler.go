package reference

import (
	_ "embed"
	"net/http"
	"strings"
	"time"

	"aegis/shared/operations"
)

// Where the local gateway serves the reference.
const (
	Path      = "/openapi.json"
	ErrorPath = "/errors" // an index of the codes, and a page below it for each
)

//go:embed openapi.json
var openAPI string

// Handler serves the OpenAPI document and the pages of the error codes.
func Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+Path, func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "openapi.json", time.Time{}, strings.NewReader(openAPI))
	})
	mux.HandleFunc("GET "+ErrorPath+"/{$}", func(w http.ResponseWriter, _ *http.Request) { show(w, index()) })
	mux.HandleFunc("GET "+ErrorPath+"/{code}", servePage)
	return mux
}

func servePage(w http.ResponseWriter, r *http.Request) {
	e, ok := operations.FindError(r.PathValue("code"))
	if !ok {
		http.NotFound(w, r)
		return
	}
	show(w, page(e))
}

func show(w http.ResponseWriter, html string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte(html)) // if the reader is gone, nobody needs it
}
