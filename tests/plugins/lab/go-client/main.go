// A Go client nobody here wrote drives the lab: it logs in, lists, stops and starts a guest, follows both tasks, and asks for what is not there. For tests only.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/luthermonson/go-proxmox"
)

const patience = 60 * time.Second

type order struct {
	URL, CA, How, User, Secret, Node string
	VMID                             int
}

type result struct {
	Version string   `json:"version"`
	Nodes   []string `json:"nodes"`
	Guests  int      `json:"guests"`
	Before  string   `json:"before"`
	Stop    string   `json:"stop"`
	Between string   `json:"between"`
	Start   string   `json:"start"`
	After   string   `json:"after"`
	Log     []string `json:"log"`
	Missing string   `json:"missing"`
}

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return value
}

func ended(ctx context.Context, task *proxmox.Task) string {
	must(0, task.Wait(ctx, 20*time.Millisecond, patience))
	return task.ExitStatus
}

func main() {
	var asked order
	must(0, json.NewDecoder(os.Stdin).Decode(&asked))
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	options := []proxmox.Option{proxmox.WithRootCAFile(asked.CA), proxmox.WithTimeout(20 * time.Second)}
	if asked.How == "password" {
		options = append(options, proxmox.WithCredentials(&proxmox.Credentials{Username: asked.User, Password: asked.Secret}))
	} else {
		options = append(options, proxmox.WithAPIToken(asked.User, asked.Secret))
	}
	client := proxmox.NewClient(asked.URL+"/api2/json", options...)

	told := result{Version: must(client.Version(ctx)).Version}
	for _, node := range must(client.Nodes(ctx)) {
		told.Nodes = append(told.Nodes, node.Node)
	}
	slices.Sort(told.Nodes)
	told.Guests = len(must(must(client.Cluster(ctx)).Resources(ctx, "vm")))

	node := must(client.Node(ctx, asked.Node))
	guest := must(node.Container(ctx, asked.VMID))
	told.Before = guest.Status
	told.Stop = ended(ctx, must(guest.Stop(ctx)))
	must(0, guest.Ping(ctx))
	told.Between = guest.Status
	task := must(guest.Start(ctx))
	told.Start = ended(ctx, task)
	must(0, guest.Ping(ctx))
	told.After = guest.Status
	log := must(task.Log(ctx, 0, 50))
	for line := 0; line < len(log); line++ {
		told.Log = append(told.Log, log[line])
	}
	if _, err := node.VirtualMachine(ctx, 999); err != nil {
		told.Missing = err.Error()
	}
	must(0, json.NewEncoder(os.Stdout).Encode(told))
}
