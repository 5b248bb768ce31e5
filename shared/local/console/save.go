package console

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"aegis/shared/local/sample"
	"aegis/shared/operations"
)

// eventNames are file names that need no care anywhere.
const eventNames = `^[a-z0-9][a-z0-9-]{0,60}$`

// save writes a recorded request's call into events/, unsigned, as scripts/invoke reads
// it. It replaces no file. The secret is that of a local key, which everyone knows; the
// call of another key is not saved.
func (s *console) save(r *http.Request) (any, error) {
	var input struct{ Name string }
	if err := decode(r, &input); err != nil {
		return nil, err
	}
	if !regexp.MustCompile(eventNames).MatchString(input.Name) {
		return nil, invalid("name", input.Name)
	}
	record, err := s.find(r)
	if err != nil {
		return nil, err
	}
	if s.Project == "" || record.Request == nil {
		return nil, conflict("no-events", "")
	}

	saved, err := s.sampleOf(r, *s.formOf(record), pathOf(record.Request.URI))
	if err != nil {
		return nil, err
	}
	file := filepath.Join("events", input.Name+".json")
	return map[string]string{"file": filepath.ToSlash(file)}, writeNew(filepath.Join(s.Project, file), saved)
}

// sampleOf turns a call into a file of events/, for the function that it was sent to: the
// one behind POP's "/", or that of its operation.
func (s *console) sampleOf(r *http.Request, c call, path string) (sample.Call, error) {
	o, ok := operations.Find(c.Operation)
	if !ok {
		return sample.Call{}, conflict("no-operation", c.Operation)
	}
	if !slices.Contains(s.PublicKeys, c.Key) {
		return sample.Call{}, conflict("private-key", c.Key)
	}
	k, err := s.Keys.Find(r.Context(), c.Key)
	if err != nil {
		return sample.Call{}, err
	}

	parameters := map[string]string{"Action": o.Name, "Version": apiVersion, "Format": "JSON"}
	for _, p := range c.Parameters {
		parameters[p.Name] = p.Value
	}
	saved := sample.Call{
		Function: o.Function(), Kind: "api-gateway", Method: o.Method(), Path: "/" + o.Name,
		AccessKey: sample.AccessKey{ID: k.ID, Secret: k.Secret}, Parameters: parameters,
	}
	if path == "/" {
		saved.Function, saved.Kind, saved.Path = "pop", "http-trigger", path
	}
	return saved, nil
}

// writeNew writes a file that is not there yet.
func writeNew(path string, value any) error {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return conflict("exists", filepath.Base(path))
	}
	if err != nil {
		return fmt.Errorf("save the call: %w", err)
	}
	_, err = file.Write(append(text, '\n'))
	return errors.Join(err, file.Close())
}

func pathOf(uri string) string {
	path, _, _ := strings.Cut(uri, "?")
	return path
}
