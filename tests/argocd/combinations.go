package main

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"

	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// How many combinations the page speaks of, how often each field is in them at least, and from which seed.
const (
	pageCombinations = 500
	fieldLeast       = 20
	pageSeed         = 1
)

// combination is an Application with several overrides.
type combination struct {
	application application
	wanted      *block
	fields      map[string]bool
}

// combine makes one combination; the same number gives the same one.
func combine(seed uint64, number int, overlays [][2]string, repository string) combination {
	random := rand.New(rand.NewPCG(seed, uint64(number)))
	c := combination{wanted: &block{}, fields: map[string]bool{}}
	c.application = application{name: "shop-" + strconv.Itoa(number), tree: repository, path: pick(random, paths)}
	if random.IntN(4) == 0 {
		overlay := pick(random, overlays)
		c.application.tree, c.application.path = overlay[0], overlay[1]
	}
	// One in a dozen is to fail: what fails says nothing about the rest of the combination.
	mayBeRefused := random.IntN(12) == 0
	for n := 1 + random.IntN(7); n > 0; {
		field := pick(random, fields).name
		if c.fields[field] && random.IntN(3) > 0 {
			continue
		}
		n--
		if random.IntN(2) == 0 && invent(random, field, c.wanted) {
			c.fields[field] = true
			continue
		}
		override := pick(random, catalogue)
		for override.field != field || override.isRefused && !mayBeRefused {
			override = pick(random, catalogue)
		}
		override.set(c.wanted)
		c.fields[field] = true
	}
	// A map of the plugin holds a name once; the built-in's list is then the same.
	last := map[string]bool{}
	replicas := c.wanted.Replicas
	c.wanted.Replicas = nil
	for i := len(replicas) - 1; i >= 0; i-- {
		if !last[replicas[i].Name] {
			last[replicas[i].Name] = true
			c.wanted.Replicas = append(c.wanted.Replicas, replicas[i])
		}
	}
	return c
}

func pick[T any](random *rand.Rand, from []T) T { return from[random.IntN(len(from))] }

var (
	images  = []string{"nginx", "postgres", "busybox", "registry.example/team/migrate", "registry.example:5000/team/proxy", "absent"}
	tags    = []string{"1", "1.27", "010", "1e3", "true", "v1.0.0-rc.1", "$ARGOCD_APP_REVISION_SHORT", "${ARGOCD_APP_NAME}", "latest"}
	scalars = []string{"a", "yes", "null", "~", "0x1F", "1_000", "12", "-1", "1.5", "2026-11-21", "é", "a b", "x/y", "$ARGOCD_APP_NAME",
		"${KUBE_VERSION}", "$", "'", "\"", "#a", "*a", "&a", "!a", "%a", "@a", "`", "- a", "[a]", "{a}", "|", ">", "=", "<<"}
	labels    = []string{"team", "tier", "app", "version", "track", "example.com/part", "app.kubernetes.io/name", "a.b/c", "yes", "1"}
	kinds     = []string{"", "Deployment", "StatefulSet", "Service", "ConfigMap", "Ingress", "Deployment|CronJob", ".*"}
	affixes   = []string{"a-", "-b", "01", "x", "team.", "-", "1e3", "null", "yes", "~", "é", "A_", "a:b", "'", "-n", "--"}
	namespace = []string{"shop", "0", "null", "true", "a-b", "kube-system", "default", "A"}
	extra     = []string{"../../components/metrics", "../../components/debug", "../../components/labels", "../../components/absent",
		"./../../components/labels/", "../plain", "."}
)

// invent sets a field to something that is not in the catalogue; false where there is nothing to invent.
func invent(random *rand.Rand, field string, b *block) bool {
	switch field {
	case "namePrefix":
		b.NamePrefix = pick(random, affixes)
	case "nameSuffix":
		b.NameSuffix = pick(random, affixes)
	case "namespace":
		b.Namespace = pick(random, namespace)
	case "images":
		for range 1 + random.IntN(3) {
			text := pick(random, images)
			if random.IntN(2) == 0 {
				text += "=" + pick(random, images)
			}
			if random.IntN(4) > 0 {
				text += ":" + pick(random, tags)
			} else {
				text += "@" + digest
			}
			image(text)(b)
		}
	case "replicas":
		for range 1 + random.IntN(2) {
			name := pick(random, []string{"web", "store"})
			if random.IntN(2) == 0 {
				replica(name, intstr.FromInt32(random.Int32N(9)))(b)
			} else {
				replica(name, intstr.FromString(strconv.Itoa(random.IntN(9))))(b)
			}
		}
	case "commonLabels", "commonAnnotations":
		pairs := map[string]string{}
		for range 1 + random.IntN(3) {
			pairs[pick(random, labels)] = pick(random, scalars)
		}
		if field == "commonLabels" {
			b.CommonLabels = pairs
		} else {
			b.CommonAnnotations = pairs
		}
	case "components":
		for range 1 + random.IntN(2) {
			b.Components = append(b.Components, pick(random, extra))
		}
	case "patches":
		target := selector(pick(random, kinds), pick(random, []string{"", "", "web", "w.*", "absent"}))
		operation := pick(random, []string{
			"- op: add\n  path: /metadata/annotations\n  value: {%s: %q}\n",
			"- op: add\n  path: /metadata/labels\n  value: {%s: %q}\n",
			"[{\"op\": \"add\", \"path\": \"/metadata/annotations\", \"value\": {%q: %q}}]",
			"apiVersion: v1\nkind: any\nmetadata:\n  name: any\n  annotations:\n    %s: %q\n",
		})
		text := fmt.Sprintf(operation, "k"+strconv.Itoa(random.IntN(9)), pick(random, scalars))
		b.Patches = append(b.Patches, v1alpha1.KustomizePatch{Patch: text, Target: target})
	default:
		return false
	}
	return true
}

// combinations compares random combinations.
func combinations(r *rig, c *report) error {
	overlays, err := r.overlays()
	if err != nil {
		return err
	}
	if r.only != "" && !strings.Contains("combinations", r.only) {
		return nil
	}
	numbers := make([]int, r.combinations)
	for i := range numbers {
		numbers[i] = i
	}
	if r.combination >= 0 {
		numbers = []int{r.combination}
	}
	var mutex sync.Mutex
	counts, n_failing := map[string]int{}, 0
	var cases []func()
	for _, number := range numbers {
		cases = append(cases, func() {
			made := combine(r.seed, number, overlays, r.repository())
			theirs, err := r.sameWith(made.application, made.wanted)
			c.check(fmt.Sprintf("combinations --seed %d --combination %d, %s", r.seed, number, made.application.path), err)
			mutex.Lock()
			defer mutex.Unlock()
			for field := range made.fields {
				counts[field]++
			}
			if theirs.err != nil {
				n_failing++
			}
		})
	}
	together(cases)
	fmt.Printf("combinations: seed %d, %d of them, refused by both in %d; fields:", r.seed, len(numbers), n_failing)
	for _, field := range fields {
		fmt.Printf(" %s %d", field.name, counts[field.name])
	}
	fmt.Println()
	for _, field := range fields {
		if least := fieldLeast * len(numbers) / pageCombinations; r.combination < 0 && counts[field.name] < least {
			c.check("combinations", fmt.Errorf("%s is in %d of them only", field.name, counts[field.name]))
		}
	}
	return nil
}

// together works on cases with as many hands as there are processors.
func together(cases []func()) {
	work := make(chan func())
	var hands sync.WaitGroup
	for range runtime.NumCPU() {
		hands.Add(1)
		go func() {
			defer hands.Done()
			for one := range work {
				one()
			}
		}()
	}
	for _, one := range cases {
		work <- one
	}
	close(work)
	hands.Wait()
}

// table writes what is tested of each field: alone, on every overlay, and in the combinations of the page.
func table(r *rig, to io.Writer) error {
	overlays, err := r.overlays()
	if err != nil {
		return err
	}
	alone, combined := map[string]int{}, map[string]int{}
	for _, override := range catalogue {
		alone[override.field]++
	}
	for number := range pageCombinations {
		for field := range combine(pageSeed, number, overlays, filepath.Clean(r.repository())).fields {
			combined[field]++
		}
	}
	for _, field := range fields {
		if alone[field.name] == 0 || combined[field.name] < fieldLeast {
			return errors.New(field.name + " is hardly tested")
		}
		fmt.Fprintf(to, "%s\t%s\t%s\t%d\t%d\t%d\n", field.name, field.parameter, field.note, alone[field.name], len(paths),
			combined[field.name])
	}
	return nil
}
