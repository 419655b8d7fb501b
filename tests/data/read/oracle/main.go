// Oracle says how the reference reads texts: one JSON string per line in, one JSON row per line out.
//
//	documents: what kustomize makes of a resource file: split, one document of each part, aliases and merge keys applied
//	first:     whether go yaml.v2, which reads kustomization files, accepts the text
//
// The rows of a text are those of ../README.md, or null where the text is refused.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	yaml2 "go.yaml.in/yaml/v2"
	yaml3 "go.yaml.in/yaml/v3"
	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"
)

var separator = regexp.MustCompile(`\n---.*\n`)

// split cuts a file into the texts of its documents.
func split(text string) ([]string, bool) {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	var parts []string
	for {
		at := separator.FindStringIndex(text)
		if at == nil {
			return append(parts, text), true
		}
		rest := strings.TrimSpace(text[at[0]+4 : at[1]])
		if rest != "" && rest[0] != '#' {
			return nil, false
		}
		parts = append(parts, text[:at[0]+1])
		text = text[at[1]:]
	}
}

var kinds = map[yaml3.Kind]string{yaml3.ScalarNode: "S", yaml3.MappingNode: "M", yaml3.SequenceNode: "Q"}

func style(node *yaml3.Node) string {
	for style, name := range map[yaml3.Style]string{
		yaml3.SingleQuotedStyle: "s", yaml3.DoubleQuotedStyle: "d", yaml3.LiteralStyle: "l",
		yaml3.FoldedStyle: "f", yaml3.FlowStyle: "F",
	} {
		if node.Style&style != 0 {
			return name
		}
	}
	return "-"
}

var standard = map[string]bool{
	"!!str": true, "!!int": true, "!!float": true, "!!bool": true, "!!null": true, "!!timestamp": true,
	"!!binary": true, "!!merge": true, "!!map": true, "!!seq": true,
}

func dump(node *yaml3.Node, line, depth int, out []string) []string {
	tag, position := "-", fmt.Sprintf("%d:%d", node.Line+line, node.Column)
	if node.Style&yaml3.TaggedStyle != 0 {
		tag, position = "!custom", "*"
		if standard[node.Tag] {
			tag = node.Tag
		}
	}
	if node.Line == 0 {
		position = "*"
	}
	out = append(out, fmt.Sprintf("%d %s%s %s %s %s", depth, kinds[node.Kind], style(node), tag, position, quote(node.Value)))
	for _, child := range node.Content {
		out = dump(child, line, depth+1, out)
	}
	return out
}

// finite says whether no alias stands in the node it names. Nodes with an anchor begin at it for go-yaml: their positions are
// forgotten.
func finite(node *yaml3.Node, open map[*yaml3.Node]bool) bool {
	if node.Kind == yaml3.AliasNode {
		node = node.Alias
	}
	if open[node] {
		return false
	}
	if node.Anchor != "" {
		node.Line = 0
	}
	open[node] = true
	defer delete(open, node)
	for _, child := range node.Content {
		if !finite(child, open) {
			return false
		}
	}
	return true
}

func documents(text string) (rows []string, ok bool) {
	defer func() {
		if problem := recover(); problem != nil {
			rows, ok = nil, false
		}
	}()
	parts, ok := split(text)
	if !ok {
		return nil, false
	}
	rows = []string{}
	line := 0
	rest := strings.ReplaceAll(text, "\r\n", "\n")
	for _, part := range parts {
		line = strings.Count(strings.ReplaceAll(text, "\r\n", "\n"), "\n") - strings.Count(rest, "\n")
		rest = rest[len(part):]
		if at := strings.Index(rest, "\n"); at >= 0 {
			rest = rest[at+1:]
		}
		var document yaml3.Node
		err := yaml3.NewDecoder(strings.NewReader(part)).Decode(&document)
		if errors.Is(err, io.EOF) {
			continue
		}
		if err != nil {
			return nil, false
		}
		root := document.Content[0]
		if root.Tag == "!!null" {
			continue
		}
		if !finite(root, map[*yaml3.Node]bool{}) {
			return nil, false
		}
		node := kyaml.NewRNode(root)
		if err := node.DeAnchor(); err != nil {
			return nil, false
		}
		rows = append(rows, "---")
		rows = dump(node.YNode(), line, 0, rows)
	}
	return rows, true
}

// parsed is a value that needs no decoding.
type parsed struct{}

func (parsed) UnmarshalYAML(func(any) error) error { return nil }

func first(text string) ([]string, bool) {
	err := yaml2.Unmarshal([]byte(text), &parsed{})
	var mismatch *yaml2.TypeError
	return []string{}, err == nil || errors.As(err, &mismatch)
}

// quote writes JSON without escapes that only HTML needs.
func quote(value any) string {
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	must(encoder.Encode(value))
	return strings.TrimSuffix(out.String(), "\n")
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	answer := map[string]func(string) ([]string, bool){"documents": documents, "first": first}[os.Args[1]]
	lines := bufio.NewReader(os.Stdin)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) == 0 && err != nil {
			return
		}
		var text string
		must(json.Unmarshal(line, &text))
		rows, ok := answer(text)
		if !ok {
			rows = nil
		}
		fmt.Fprintln(out, quote(rows))
	}
}
