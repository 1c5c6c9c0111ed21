/* The server of chapter 5 in C, for one client at a time, to measure ours beside it.
 *
 *     name_server one    sends the greeting and the next question in one write
 *     name_server two    sends them in two
 *     name_server lines  the server of chapter 6: a name and a question end with a newline, one write
 *
 * It listens on any free port of 127.0.0.1 and prints the port. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char WELCOME[] = "Server: Welcome!\n";
static const char QUESTION[] = "Server: What's your name?";
static const char HELLO[] = "Server: Hello ";

static int send_all(int fd, const char *data, size_t left) {
    while (left > 0) {
        ssize_t taken = send(fd, data, left, MSG_NOSIGNAL);
        if (taken < 0)
            return -1;
        data += taken;
        left -= (size_t)taken;
    }
    return 0;
}

static void talk(int fd, int in_two) {
    char name[1024], reply[2048];
    if (send_all(fd, WELCOME, sizeof WELCOME - 1) || send_all(fd, QUESTION, sizeof QUESTION - 1))
        return;
    for (;;) {
        ssize_t n = recv(fd, name, sizeof name, 0);
        if (n <= 0 || (n == 4 && memcmp(name, "exit", 4) == 0))
            return;
        char *end = reply;
        end = mempcpy(end, HELLO, sizeof HELLO - 1);
        end = mempcpy(end, name, (size_t)n);
        end = mempcpy(end, "!\n", 2);
        if (in_two) {
            if (send_all(fd, reply, (size_t)(end - reply)))
                return;
            end = reply;
        }
        end = mempcpy(end, QUESTION, sizeof QUESTION - 1);
        if (send_all(fd, reply, (size_t)(end - reply)))
            return;
    }
}

static void talk_in_lines(int fd) {
    char reply[2048], *line = NULL;
    size_t room = 0;
    ssize_t n;
    FILE *in = fdopen(dup(fd), "r");
    if (in == NULL)
        return;
    if (send_all(fd, WELCOME, sizeof WELCOME - 1) == 0 && send_all(fd, QUESTION, sizeof QUESTION - 1) == 0 &&
        send_all(fd, "\n", 1) == 0)
        while ((n = getline(&line, &room, in)) > 0 && n < 1024 && strcmp(line, "exit\n") != 0) {
            char *end = reply;
            end = mempcpy(end, HELLO, sizeof HELLO - 1);
            end = mempcpy(end, line, (size_t)n - 1);
            end = mempcpy(end, "!\n", 2);
            end = mempcpy(end, QUESTION, sizeof QUESTION - 1);
            *end++ = '\n';
            if (send_all(fd, reply, (size_t)(end - reply)))
                break;
        }
    free(line);
    fclose(in);
}

int main(int argc, char **argv) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, length) || listen(listener, 5) ||
        getsockname(listener, (struct sockaddr *)&address, &length)) {
        perror("name_server");
        return 1;
    }
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    for (;;) {
        int client = accept(listener, NULL, NULL);
        if (client >= 0) {
            if (argc > 1 && strcmp(argv[1], "lines") == 0)
                talk_in_lines(client);
            else
                talk(client, argc > 1 && strcmp(argv[1], "two") == 0);
            close(client);
        }
    }
}
