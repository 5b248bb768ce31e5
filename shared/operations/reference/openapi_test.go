package reference_test

import (
	"context"
	"encoding/json"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

	"aegis/shared/operations"
)

func TestTheOpenAPIDocumentIsCurrentAndValid(t *testing.T) {
	text, err := json.MarshalIndent(openAPI(), "", "  ")
	require.NoError(t, err)
	requireCurrent(t, filepath.Join("shared", "operations", "reference", "openapi.json"), string(text)+"\n")

	read, err := openapi3.NewLoader().LoadFromData(text)
	require.NoError(t, err)
	require.True(t, read.IsOpenAPI31OrLater())
	require.NoError(t, read.Validate(context.Background(), openapi3.EnableExamplesValidation(), openapi3.EnableSchemaPatternValidation(), openapi3.EnableSchemaDefaultsValidation()))
}

// openAPI is the table as OpenAPI 3.1.
func openAPI() *openapi3.T {
	components := openapi3.NewComponents()
	components.Schemas = openapi3.Schemas{"Error": errorSchema().NewRef()}
	components.Parameters = commonParameters()
	components.Responses = openapi3.ResponseBodies{}
	for _, e := range operations.Errors() {
		components.Responses[e.Code] = &openapi3.ResponseRef{Value: errorResponse(e)}
	}
	components.SecuritySchemes = openapi3.SecuritySchemes{"Signature": &openapi3.SecuritySchemeRef{Value: &openapi3.SecurityScheme{
		Type: "apiKey", In: "query", Name: "Signature",
		Description: "Signature version 1.0 of the POP protocol over all parameters; version 3 (ACS3-HMAC-SHA256) signs in headers instead. SDKs sign by themselves.",
	}}}

	document := &openapi3.T{
		OpenAPI: "3.1.0", Components: &components, Paths: openapi3.NewPaths(),
		Info: &openapi3.Info{Title: "Aegis sales", Version: "2016-11-11", Description: "The sales API of Aegis. All operations are also served at /, by the parameter Action.",
			License: &openapi3.License{Name: "Apache-2.0"}},
		Servers:  openapi3.Servers{{URL: "http://127.0.0.1:8080", Description: "a local stack"}},
		Security: openapi3.SecurityRequirements{{"Signature": []string{}}},
	}
	for _, o := range operations.All() {
		item := &openapi3.PathItem{}
		item.SetOperation(o.Method(), openAPIOperation(o))
		document.Paths.Set("/"+o.Name, item)
	}
	return document
}

func openAPIOperation(o operations.Operation) *openapi3.Operation {
	out := &openapi3.Operation{
		OperationID: o.Name, Summary: o.Text.English, Description: o.Rules.English + ".", Responses: openapi3.NewResponses(),
		Extensions: map[string]any{
			"x-summary-zh": o.Text.Chinese, "x-description-zh": o.Rules.Chinese + "。", "x-granted": o.Granted, "x-read-only": o.ReadOnly,
			"x-upstream": o.Upstream, "x-errors": append(operations.Common(), o.Errors...),
		},
	}
	for _, name := range commonNames() {
		out.Parameters = append(out.Parameters, &openapi3.ParameterRef{Ref: "#/components/parameters/" + name})
	}
	for _, p := range o.Parameters {
		out.Parameters = append(out.Parameters, &openapi3.ParameterRef{Value: openAPIParameter(p)})
	}

	success := openapi3.NewResponse().WithDescription("Success").WithJSONSchema(answerSchema(o.Answers))
	out.Responses = openapi3.NewResponses(openapi3.WithStatus(200, &openapi3.ResponseRef{Value: success}))
	out.Responses.Set("default", &openapi3.ResponseRef{Value: openapi3.NewResponse().WithDescription("A refusal; x-errors lists the codes").
		WithJSONSchemaRef(openapi3.NewSchemaRef("#/components/schemas/Error", nil))})
	return out
}

func openAPIParameter(p operations.Parameter) *openapi3.Parameter {
	out := openapi3.NewQueryParameter(p.Name).WithRequired(p.Required).WithDescription(p.Text.English)
	out.Extensions = map[string]any{"x-description-zh": p.Text.Chinese}
	schema := schemaOf(p.Type)
	if p.Max > 0 {
		schema = schema.WithMin(float64(p.Min)).WithMax(float64(p.Max))
	}
	if p.MaxBytes > 0 {
		schema = schema.WithMinLength(1).WithMaxLength(int64(p.MaxBytes))
	}
	for _, v := range p.Values {
		schema.Enum = append(schema.Enum, v)
	}
	if p.Default != "" {
		schema.Default = valueOf(p.Type, p.Default)
	}
	if p.Example != "" {
		out.Example = valueOf(p.Type, p.Example)
	}
	return out.WithSchema(schema)
}

// valueOf is a text as a JSON value of a type.
func valueOf(t operations.Type, text string) any {
	switch t {
	case operations.Integer:
		n, _ := strconv.ParseFloat(text, 64) // the table has numbers
		return n
	case operations.Boolean:
		return text == "true"
	}
	return text
}

func schemaOf(t operations.Type) *openapi3.Schema {
	switch t {
	case operations.Integer:
		return openapi3.NewInt64Schema()
	case operations.Boolean:
		return openapi3.NewBoolSchema()
	case operations.Amount:
		return openapi3.NewStringSchema().WithPattern(`^-?[0-9]{1,15}(\.[0-9]{1,2})?$`)
	case operations.Time:
		return openapi3.NewDateTimeSchema()
	}
	return openapi3.NewStringSchema()
}

// answerSchema is the object of a success.
func answerSchema(answers []operations.Answer) *openapi3.Schema {
	id := openapi3.NewStringSchema()
	id.Description = "Names the call"
	return objectOf(answers).WithProperty("RequestId", id).WithRequired([]string{"RequestId"})
}

func objectOf(answers []operations.Answer) *openapi3.Schema {
	object := openapi3.NewObjectSchema()
	for _, a := range answers {
		schema := schemaOf(a.Type)
		if a.Type == operations.List {
			items := openapi3.NewArraySchema().WithItems(objectOf(a.Fields))
			schema = openapi3.NewObjectSchema().WithProperty(a.Item, items).WithRequired([]string{a.Item})
		}
		schema.Description = a.Text.English
		schema.Extensions = map[string]any{"x-description-zh": a.Text.Chinese}
		if a.Example != "" {
			schema.Example = valueOf(a.Type, a.Example)
		}
		object = object.WithProperty(a.Name, schema)
	}
	return object
}

func errorSchema() *openapi3.Schema {
	schema := openapi3.NewObjectSchema()
	names := []string{"RequestId", "HostId", "Code", "Message", "Recommend"}
	for _, name := range names {
		schema = schema.WithProperty(name, openapi3.NewStringSchema())
	}
	return schema.WithRequired(names)
}

func errorResponse(e operations.Error) *openapi3.Response {
	r := openapi3.NewResponse().WithDescription(e.Cause.English).WithJSONSchemaRef(openapi3.NewSchemaRef("#/components/schemas/Error", nil))
	r.Extensions = map[string]any{
		"x-status": e.Status, "x-message": e.Message.English, "x-message-zh": e.Message.Chinese, "x-cause-zh": e.Cause.Chinese,
		"x-mend": e.Mend.English, "x-mend-zh": e.Mend.Chinese, "x-own": e.Own,
	}
	return r
}

// commonNames are the parameters of the protocol, in the order of the documents.
func commonNames() []string {
	return []string{"Version", "Format", "AccessKeyId", "SignatureMethod", "SignatureVersion", "SignatureNonce", "Timestamp", "SecurityToken"}
}

func commonParameters() openapi3.ParametersMap {
	all := openapi3.ParametersMap{}
	for _, name := range commonNames() {
		schema := openapi3.NewStringSchema()
		switch name {
		case "Version":
			schema = schema.WithEnum("2016-11-11")
		case "Format":
			schema = schema.WithEnum("JSON", "XML")
		case "SignatureMethod":
			schema = schema.WithEnum("HMAC-SHA1", "HMAC-SHA256")
		case "SignatureVersion":
			schema = schema.WithEnum("1.0")
		case "Timestamp":
			schema = openapi3.NewDateTimeSchema()
		}
		all[name] = &openapi3.ParameterRef{Value: openapi3.NewQueryParameter(name).WithSchema(schema).WithDescription("Of the POP protocol; version 3 of the signature has headers instead")}
	}
	return all
}

// requireFits validates an answer of the real functions against its schema.
func requireFits(t *testing.T, o operations.Operation, body string) {
	t.Helper()
	var value any
	decoder := json.NewDecoder(strings.NewReader(body))
	require.NoError(t, decoder.Decode(&value))
	schema := answerSchema(o.Answers)
	closeObject(schema)
	require.NoError(t, schema.VisitJSON(value), "%s: %s", o.Name, body)
}

// closeObject refuses fields that the table does not name.
func closeObject(s *openapi3.Schema) {
	closed := false
	if s.Type.Is("object") {
		s.AdditionalProperties = openapi3.AdditionalProperties{Has: &closed}
	}
	for _, p := range s.Properties {
		closeObject(p.Value)
	}
	if s.Items != nil {
		closeObject(s.Items.Value)
	}
}
