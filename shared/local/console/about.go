package console

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"aegis/shared/operations"
	"aegis/shared/pop"
	"aegis/shared/sale"
)

// text is a text in the languages of the page, by their tags.
type text struct {
	English string `json:"en"`
	Chinese string `json:"zh-CN"`
}

func textOf(t operations.Text) text { return text{t.English, t.Chinese} }

// about answers what the forms are made of.
func (s *console) about(*http.Request) (any, error) {
	var all []operation
	for _, o := range operations.All() {
		all = append(all, operationOf(o))
	}
	return map[string]any{
		"gateway": s.Gateway, "operations": all, "editions": s.editions(), "canSave": s.Project != "",
		"channels": []sale.Channel{sale.API, sale.Market, sale.Timer, sale.Operator},
	}, nil
}

type operation struct {
	Name       string      `json:"name"`
	Method     string      `json:"method"`
	Text       text        `json:"text"`
	Rules      text        `json:"rules"`
	Granted    bool        `json:"granted"`
	ReadOnly   bool        `json:"readOnly"`
	Parameters []parameter `json:"parameters"`
}

type parameter struct {
	Name     string          `json:"name"`
	Type     operations.Type `json:"type"`
	Required bool            `json:"required"`
	Min      int64           `json:"min"`
	Max      int64           `json:"max"`
	Values   []string        `json:"values"`
	Default  string          `json:"default"`
	Example  string          `json:"example"`
	Text     text            `json:"text"`
}

func operationOf(o operations.Operation) operation {
	shown := operation{Name: o.Name, Method: o.Method(), Text: textOf(o.Text), Rules: textOf(o.Rules), Granted: o.Granted, ReadOnly: o.ReadOnly}
	for _, p := range o.Parameters {
		shown.Parameters = append(shown.Parameters, parameter{p.Name, p.Type, p.Required, p.Min, p.Max, p.Values, p.Default, p.Example, textOf(p.Text)})
	}
	return shown
}

type edition struct {
	VersionCode int    `json:"versionCode"`
	Name        string `json:"name"`
}

func (s *console) editions() (all []edition) {
	for code := range s.Catalogue.MonthlyPrices() {
		e, _ := s.Catalogue.Edition(code)
		all = append(all, edition{e.VersionCode, e.Name})
	}
	slices.SortFunc(all, func(a, b edition) int { return a.VersionCode - b.VersionCode })
	return all
}

// errorCode is the page of a code.
type errorCode struct {
	Code       string   `json:"code"`
	Status     int      `json:"status"`
	Own        bool     `json:"own"`
	Message    text     `json:"message"`
	Cause      text     `json:"cause"`
	Mend       text     `json:"mend"`
	Example    string   `json:"example"`
	Operations []string `json:"operations"`
}

// serveErrors answers all codes. They are public: answers link to them.
func (s *console) serveErrors(w http.ResponseWriter, r *http.Request) {
	var all []errorCode
	for _, e := range operations.Errors() {
		all = append(all, errorCode{
			e.Code, e.Status, e.Own, textOf(e.Message), textOf(e.Cause), textOf(e.Mend), example(e, "http://"+r.Host), answeredBy(e.Code),
		})
	}
	answer(w, http.StatusOK, all)
}

// example returns an answer with the code.
func example(e operations.Error, console string) string {
	refusal := pop.New(e.Code, e.Status, e.Message.English)
	if e.Own {
		refusal = refusal.WithPage(console + ErrorPath + "/" + e.Code)
	}
	return indented(refusal.Response(pop.JSON, "3EE8C1B8-83D3-44AF-A94F-4E0AD82FD6CF", "aegis.example.com").Body)
}

// ErrorPath is the page of the codes, and of each below it.
const ErrorPath = "/errors"

func answeredBy(code string) (names []string) {
	for _, o := range operations.All() {
		if slices.Contains(o.Errors, code) || slices.Contains(operations.Common(), code) {
			names = append(names, o.Name)
		}
	}
	return names
}

// indented writes JSON for people, and any other text as it is.
func indented(body []byte) string {
	if !json.Valid(body) {
		return string(body)
	}
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(json.RawMessage(body)) // it is JSON
	return strings.TrimSpace(b.String())
}
