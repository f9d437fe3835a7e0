package main

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/fastkv/fastkv/clients/go/fastkv"
)

func main() {
	ctx := context.Background()
	client, err := fastkv.Dial("127.0.0.1:50051")
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	_, err = client.Set(ctx, "greeting", []byte("hello"), fastkv.TTL(time.Minute))
	if err != nil {
		log.Fatal(err)
	}
	value, _ := client.Get(ctx, "greeting")
	fmt.Println(string(value))
}
