package api

import (
	"net/url"
	"strings"

	"aegis/shared/pop"
)

// route finds the operation of a call.
//
// A version 1 signature covers neither the host nor the path. A call without
// Action could be sent to any operation's address and would verify there, so
// version 1 needs its Action even at a function with one operation.
func (s *Service) route(c *pop.Call) (Operation, error) {
	if err := s.checkVersion(c); err != nil {
		return Operation{}, err
	}

	action := c.Action
	named := s.operationInPath(c.Path)
	switch {
	case action == "" && named != "" && c.SignsPath():
		action = named
	case action == "":
		return Operation{}, pop.Missing("Action", "")
	case named != "" && named != action:
		return Operation{}, pop.InvalidParameter("Action", "The path names another operation, "+named+".")
	}

	return s.find(action)
}

// checkVersion checks the Version. A function with one operation does not need it,
// since the API has only one version.
func (s *Service) checkVersion(c *pop.Call) error {
	switch {
	case c.Version == "" && len(s.operations) > 1:
		return pop.Missing("Version", "")
	case c.Version != "" && c.Version != Version:
		return pop.InvalidVersion()
	}
	return nil
}

func (s *Service) find(action string) (Operation, error) {
	for _, o := range s.operations {
		if o.Action == action {
			return o, nil
		}
	}
	return Operation{}, pop.InvalidActionNotFound()
}

// operationInPath returns the operation that the last segment of a path names in
// any case, or "" if it names none. Events carry the path decoded or not.
func (s *Service) operationInPath(path string) string {
	if decoded, err := url.PathUnescape(path); err == nil {
		path = decoded
	}
	path = strings.TrimRight(path, "/")
	last := path[strings.LastIndexByte(path, '/')+1:]
	if last == "" {
		return ""
	}

	for _, action := range s.actions {
		if strings.EqualFold(action, last) {
			return action
		}
	}
	return ""
}

// actions returns the names of all operations, whichever function serves them.
func actions() []string {
	var names []string
	for _, o := range All() {
		names = append(names, o.Action)
	}
	return names
}
