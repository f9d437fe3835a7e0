// A leaderboard with rate-limited submissions.
//
//	go run ./examples/leaderboard submit alice 120
//	go run ./examples/leaderboard top 10
//	go run ./examples/leaderboard rank alice
//
// A player may submit once an interval; the best score counts.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/fastkv/fastkv/clients/go/fastkv"
)

// Leaderboard keeps the best score of each player.
type Leaderboard struct {
	client   *fastkv.Client
	name     string
	interval time.Duration
	scores   *fastkv.SortedSet
}

// NewLeaderboard makes a handle of the leaderboard of a name.
func NewLeaderboard(client *fastkv.Client, name string, interval time.Duration) *Leaderboard {
	return &Leaderboard{client, name, interval, client.SortedSet(name + ":scores")}
}

// Submit tells whether the player was allowed to submit now.
func (l *Leaderboard) Submit(ctx context.Context, player string, score float64) (bool, error) {
	// The key is there as long as the player has to wait. A retry of this call carries the
	// same request id, so it cannot lock the player out.
	turn, err := l.client.Set(ctx, l.name+":submitted:"+player, nil, fastkv.TTL(l.interval), fastkv.MustNotExist())
	if err != nil || !turn.Applied {
		return false, err
	}
	_, err = l.scores.Add(ctx, map[string]float64{player: score}, fastkv.AddOptions{Scores: fastkv.GreaterScore})
	return err == nil, err
}

// Top returns the best players.
func (l *Leaderboard) Top(ctx context.Context, count int64) ([]fastkv.Scored, error) {
	return l.scores.Range(ctx, fastkv.ByRank(0, count-1), fastkv.RangeOptions{Reverse: true})
}

// Rank tells a player's place, counted from the best, which is 0; nil: no score.
func (l *Leaderboard) Rank(ctx context.Context, player string) (*fastkv.MemberRank, error) {
	return l.scores.Rank(ctx, player, true)
}

// run is one command; whether it did what was asked.
func run(ctx context.Context, board *Leaderboard, arguments []string) (bool, error) {
	command, arguments := arguments[0], arguments[1:]
	switch {
	case command == "submit" && len(arguments) == 2:
		player := arguments[0]
		score, err := strconv.ParseFloat(arguments[1], 64)
		if err != nil {
			return false, err
		}
		done, err := board.Submit(ctx, player, score)
		if err != nil {
			return false, err
		}
		if !done {
			fmt.Println(player, "has to wait")
			return false, nil
		}
		fmt.Printf("%s submitted %g\n", player, score)
	case command == "top" && len(arguments) <= 1:
		count := int64(10)
		if len(arguments) == 1 {
			var err error
			if count, err = strconv.ParseInt(arguments[0], 10, 64); err != nil {
				return false, err
			}
		}
		top, err := board.Top(ctx, count)
		if err != nil {
			return false, err
		}
		for i, each := range top {
			fmt.Printf("%d. %s %g\n", i+1, each.Member, each.Score)
		}
	case command == "rank" && len(arguments) == 1:
		found, err := board.Rank(ctx, arguments[0])
		if err != nil {
			return false, err
		}
		if found == nil {
			fmt.Println(arguments[0], "has no score")
			return false, nil
		}
		fmt.Printf("%s is number %d with %g\n", arguments[0], found.Rank+1, found.Score)
	default:
		flag.Usage()
		return false, nil
	}
	return true, nil
}

func main() {
	target := flag.String("target", "127.0.0.1:50051", "the server")
	name := flag.String("name", "leaderboard", "which leaderboard")
	interval := flag.Float64("interval", 1, "seconds between submissions")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "leaderboard [flags] submit PLAYER SCORE | top [COUNT] | rank PLAYER")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() == 0 {
		flag.Usage()
		os.Exit(2)
	}
	client, err := fastkv.Dial(*target)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	board := NewLeaderboard(client, *name, time.Duration(*interval*float64(time.Second)))
	done, err := run(context.Background(), board, flag.Args())
	client.Close()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	if !done {
		os.Exit(1)
	}
}
