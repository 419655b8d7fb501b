// Oracle says what kustomize makes of trees and texts: one JSON row in, one out.
//
//	trees: {"in": tree} or a bare tree -> with json, yaml and norm, see ../README.md
//	plain: "text" -> the value of a plain scalar to go yaml.v2, and its tag to go yaml.v3
//	json:  "text" -> what encoding/json reads into an untyped value, written again
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	yaml2 "go.yaml.in/yaml/v2"
	yaml3 "go.yaml.in/yaml/v3"
	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"
	sigs "sigs.k8s.io/yaml"
)

// Node is a tree in rows.
type Node struct {
	Kind     string  `json:"k"`
	Tag      string  `json:"t,omitempty"`
	Style    string  `json:"s,omitempty"`
	Text     string  `json:"v,omitempty"`
	Children []*Node `json:"c,omitempty"`
}

var kinds = map[string]yaml3.Kind{"m": yaml3.MappingNode, "q": yaml3.SequenceNode, "s": yaml3.ScalarNode}

var styles = map[string]yaml3.Style{
	"s": yaml3.SingleQuotedStyle, "d": yaml3.DoubleQuotedStyle,
	"l": yaml3.LiteralStyle, "f": yaml3.FoldedStyle, "w": yaml3.FlowStyle,
}

func (n *Node) build() *yaml3.Node {
	node := &yaml3.Node{Kind: kinds[n.Kind], Tag: n.Tag, Style: styles[n.Style], Value: n.Text}
	for _, child := range n.Children {
		node.Content = append(node.Content, child.build())
	}
	return node
}

func describe(node *yaml3.Node) *Node {
	n := &Node{Tag: node.Tag, Text: node.Value}
	for name, kind := range kinds {
		if kind == node.Kind {
			n.Kind = name
		}
	}
	for name, style := range styles {
		if node.Style&style != 0 {
			n.Style = name
		}
	}
	for _, child := range node.Content {
		n.Children = append(n.Children, describe(child))
	}
	return n
}

// Row is one tree with its results.
type Row struct {
	In      *Node   `json:"in"`
	YAML    *string `json:"yaml,omitempty"`
	JSON    *string `json:"json,omitempty"`
	Norm    *Node   `json:"norm,omitempty"`
	Err     string  `json:"err,omitempty"`
	NormErr string  `json:"normerr,omitempty"`
}

func tree(line []byte) any {
	row := &Row{}
	if json.Unmarshal(line, row) != nil || row.In == nil {
		row.In = &Node{}
		must(json.Unmarshal(line, row.In))
	}
	*row = Row{In: row.In}
	row.run()
	return row
}

func (row *Row) run() {
	defer func() {
		if problem := recover(); problem != nil {
			row.Err = fmt.Sprint("panic: ", problem)
		}
	}()
	asJSON, err := kyaml.NewRNode(row.In.build()).MarshalJSON()
	if err != nil {
		row.Err = err.Error()
		return
	}
	text := string(asJSON)
	row.JSON = &text
	norm := kyaml.NewRNode(row.In.build())
	if err := norm.UnmarshalJSON(asJSON); err != nil {
		row.NormErr = err.Error()
	} else {
		row.Norm = describe(norm.YNode())
	}
	asYAML, err := sigs.JSONToYAML(asJSON)
	if err != nil {
		row.Err = err.Error()
		return
	}
	printed := string(asYAML)
	row.YAML = &printed
}

func plain(line []byte) any {
	row := map[string]string{"in": text(line)}
	source := []byte("- " + row["in"] + "\n")
	var list []any
	if yaml2.Unmarshal(source, &list) == nil && len(list) == 1 {
		row["value"] = fmt.Sprintf("%T:%v", list[0], list[0])
	}
	var node yaml3.Node
	if yaml3.Unmarshal(source, &node) == nil && len(node.Content) == 1 && len(node.Content[0].Content) == 1 {
		row["tag"] = node.Content[0].Content[0].Tag
	}
	return row
}

func untyped(line []byte) any {
	row := map[string]string{"in": text(line)}
	var value any
	if err := json.Unmarshal([]byte(row["in"]), &value); err != nil {
		row["err"] = err.Error()
		return row
	}
	out, err := json.Marshal(value)
	must(err)
	row["out"] = string(out)
	return row
}

// text takes a bare string or a row with one.
func text(line []byte) string {
	var bare string
	if json.Unmarshal(line, &bare) == nil {
		return bare
	}
	var row struct{ In string }
	must(json.Unmarshal(line, &row))
	return row.In
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	answer := map[string]func([]byte) any{"trees": tree, "plain": plain, "json": untyped}[os.Args[1]]
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		row, err := json.Marshal(answer(lines.Bytes()))
		must(err)
		fmt.Println(string(row))
	}
}
