package main

import (
	"bufio"
	"encoding/json"
	"os"
	"sort"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

type row struct {
	Selector string `json:"selector"`
	Error    string `json:"error,omitempty"`
	Matches  []int  `json:"matches"`
}

func lines(name string) (out []string) {
	f, err := os.Open(name)
	if err != nil {
		panic(err)
	}
	s := bufio.NewScanner(f)
	for s.Scan() {
		out = append(out, s.Text())
	}
	return
}

func main() {
	var sets []map[string]string
	for _, l := range lines(os.Args[2]) {
		m := map[string]string{}
		if err := json.Unmarshal([]byte(l), &m); err != nil {
			panic(err)
		}
		sets = append(sets, m)
	}
	enc := json.NewEncoder(os.Stdout)
	enc.SetEscapeHTML(false)
	enc.Encode(map[string]any{"labels": sets})
	for _, l := range lines(os.Args[1]) {
		r := row{Matches: []int{}}
		if err := json.Unmarshal([]byte(l), &r.Selector); err != nil {
			panic(err)
		}
		for i, set := range sets {
			node := yaml.MustParse("apiVersion: v1\nkind: A\nmetadata: {name: a}\n")
			var keys []string
			for k := range set {
				keys = append(keys, k)
			}
			sort.Strings(keys)
			for _, k := range keys {
				node.MustString()
				if _, err := node.Pipe(yaml.SetLabel(k, set[k])); err != nil {
					panic(err)
				}
			}
			ok, err := node.MatchesLabelSelector(r.Selector)
			if err != nil {
				r.Error = strings.SplitN(err.Error(), "\n", 2)[0]
				break
			}
			if ok {
				r.Matches = append(r.Matches, i)
			}
		}
		enc.Encode(r)
	}
}
