package main

func parametersOnly(r *rig, c *report) error { return nil }
func failures(r *rig, c *report) error       { return nil }
func outside(r *rig, c *report) error        { return nil }
func hostile(r *rig, c *report) error        { return nil }
func calls(r *rig, c *report) error          { return nil }
func load(r *rig, c *report) error           { return nil }
func latency(r *rig) error                   { return nil }
