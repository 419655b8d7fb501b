package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
)

type row struct {
	Pattern       string `json:"pattern"`
	Error         string `json:"error,omitempty"`
	Matches       []int  `json:"matches"`
	Anchored      []int  `json:"anchored"`
	AnchoredError string `json:"anchored_error,omitempty"`
}

func main() {
	read := func(name string) (out []string) {
		f, err := os.Open(name)
		if err != nil {
			panic(err)
		}
		s := bufio.NewScanner(f)
		for s.Scan() {
			var t string
			if err := json.Unmarshal(s.Bytes(), &t); err != nil {
				panic(fmt.Sprint(s.Text(), err))
			}
			out = append(out, t)
		}
		return
	}
	patterns, texts := read(os.Args[1]), read(os.Args[2])
	enc := json.NewEncoder(os.Stdout)
	enc.SetEscapeHTML(false)
	enc0 := json.NewEncoder(os.Stdout)
	enc0.SetEscapeHTML(false)
	enc0.Encode(map[string]any{"texts": texts})
	for _, p := range patterns {
		r := row{Pattern: p, Matches: []int{}, Anchored: []int{}}
		run := func(p string, out *[]int, e *string) {
			re, err := regexp.Compile(p)
			if err != nil {
				*e = err.Error()
				return
			}
			for i, t := range texts {
				if re.MatchString(t) {
					*out = append(*out, i)
				}
			}
		}
		run(p, &r.Matches, &r.Error)
		if p != "" {
			run("^(?:"+p+")$", &r.Anchored, &r.AnchoredError)
		} else {
			for i := range texts {
				r.Anchored = append(r.Anchored, i)
			}
		}
		enc.Encode(r)
	}
}
