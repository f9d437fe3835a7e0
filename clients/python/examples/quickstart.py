import fastkv

with fastkv.Client("127.0.0.1:50051") as client:
    client.set("greeting", "hello", ttl=60)
    print(client.get("greeting"))
    board = client.sorted_set("board")
    board.add({"alice": 120, "bob": 95})
    for each in board.range(reverse=True, limit=10):
        print(each.member.decode(), each.score)
    print(client.set("greeting", "hi", must_not_exist=True).applied)
