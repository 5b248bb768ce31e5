package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"aegis/shared/operations"
)

// importDocument returns the file that the traditional API Gateway imports: Swagger 2.0
// with its extensions, one API for each path. The gateway routes and does nothing else:
// requests pass through, callers are anonymous to it, and the function gets the name by
// which the caller addressed it as Host, which signature version 3 signs.
func importDocument(region, qualifier, role string) ([]byte, error) {
	paths := map[string]any{
		"/":           map[string]any{"x-aliyun-apigateway-any-method": operationOf("pop", "All operations", region, qualifier, role)},
		"/market/spi": map[string]any{"get": operationOf("marketspi", "The production URL (SPI) of the marketplace", region, qualifier, role)},
	}
	for _, o := range operations.All() {
		paths["/"+o.Name] = map[string]any{"x-aliyun-apigateway-any-method": operationOf(o.Function(), o.Text.English, region, qualifier, role)}
	}

	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(map[string]any{
		"swagger": "2.0", "basePath": "/", "schemes": []string{"http", "https"},
		"info":  map[string]string{"title": "Aegis sales functions", "version": "2016-11-11"},
		"paths": paths,
	})
	if err != nil {
		return nil, fmt.Errorf("make the import file of API Gateway: %w", err)
	}
	return text.Bytes(), nil
}

// operationOf is one API, which leads to an event function.
func operationOf(function, summary, region, qualifier, role string) map[string]any {
	return map[string]any{
		"operationId": "aegis_" + strings.ReplaceAll(function, "-", "_"),
		"summary":     summary,
		"responses":   map[string]any{"200": map[string]string{"description": "The answer of the function."}},

		"x-aliyun-apigateway-auth-type":          "ANONYMOUS",
		"x-aliyun-apigateway-parameter-handling": "PASSTHROUGH",
		"x-aliyun-apigateway-system-parameters": []map[string]string{
			{"systemName": "CaDomain", "backendName": "Host", "location": "header"},
		},
		"x-aliyun-apigateway-backend": map[string]any{
			"type": "FC", "fcVersion": "3.0", "fcType": "FCEvent", "fcRegion": region,
			"functionName": "aegis-" + function, "qualifier": qualifier, "arn": role, "timeout": 10000,
		},
	}
}
