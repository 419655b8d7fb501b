package main

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"

	"sigs.k8s.io/kustomize/api/types"
)

type row struct {
	Text     string          `json:"text"`
	Error    string          `json:"error,omitempty"`
	Warnings []string        `json:"warnings,omitempty"`
	File     json.RawMessage `json:"file,omitempty"`
}

// The steps of upstream's KustTarget.Load, which cannot be called from outside.
func load(r *row) {
	var k types.Kustomization
	if err := k.Unmarshal([]byte(r.Text)); err != nil {
		r.Error = err.Error()
		return
	}
	r.Warnings = *k.CheckDeprecatedFields()
	k.FixKustomization()
	if err := k.CheckEmpty(); err != nil {
		r.Error = err.Error()
		return
	}
	if errs := k.EnforceFields(); len(errs) > 0 {
		r.Error = strings.Join(errs, "\n")
		return
	}
	k.APIVersion = ""
	file, err := json.Marshal(k)
	if err != nil {
		panic(err)
	}
	r.File = file
}

func main() {
	f, err := os.Open(os.Args[1])
	if err != nil {
		panic(err)
	}
	enc := json.NewEncoder(os.Stdout)
	enc.SetEscapeHTML(false)
	s := bufio.NewScanner(f)
	for s.Scan() {
		r := row{}
		if err := json.Unmarshal(s.Bytes(), &r.Text); err != nil {
			panic(err)
		}
		load(&r)
		enc.Encode(r)
	}
}
