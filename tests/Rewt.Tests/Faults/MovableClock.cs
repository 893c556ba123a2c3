namespace Rewt.Tests.Faults;

/// <summary>
/// A host clock that can be set while redis-server uses it. A small C library, loaded before libc, adds the seconds in a mapped file to the time of day.
/// libfaketime cannot be used: it allocates memory in a call that jemalloc makes, which terminates or blocks redis-server.
/// </summary>
internal sealed class MovableClock : IDisposable
{
    private const string Source =
        """
        #define _GNU_SOURCE
        #include <fcntl.h>
        #include <stdlib.h>
        #include <sys/mman.h>
        #include <sys/syscall.h>
        #include <sys/time.h>
        #include <time.h>
        #include <unistd.h>

        static volatile long *seconds;

        __attribute__((constructor)) static void map(void) {
            int file = open(getenv("MOVABLE_CLOCK"), O_RDONLY);
            void *mapped = mmap(NULL, sizeof(long), PROT_READ, MAP_SHARED, file, 0);
            if (file >= 0 && mapped != MAP_FAILED) seconds = mapped;
        }

        int clock_gettime(clockid_t clock, struct timespec *time) {
            int result = syscall(SYS_clock_gettime, clock, time);
            if (result == 0 && clock == CLOCK_REALTIME && seconds) time->tv_sec += *seconds;
            return result;
        }

        int gettimeofday(struct timeval *restrict time, void *restrict zone) {
            struct timespec now;
            (void)zone;
            clock_gettime(CLOCK_REALTIME, &now);
            time->tv_sec = now.tv_sec;
            time->tv_usec = now.tv_nsec / 1000;
            return 0;
        }

        time_t time(time_t *result) {
            struct timespec now;
            clock_gettime(CLOCK_REALTIME, &now);
            if (result) *result = now.tv_sec;
            return now.tv_sec;
        }
        """;

    private readonly ScratchDirectory _files = new();

    private MovableClock()
    {
    }

    /// <summary>Gets the command that launches a server with this clock.</summary>
    public string[] Launcher => ["env", $"LD_PRELOAD={_files["clock.so"]}", $"MOVABLE_CLOCK={_files["seconds"]}"];

    /// <summary>Compiles the library, or skips the test if it cannot be compiled or loaded.</summary>
    public static async Task<MovableClock> CreateAsync()
    {
        Require.RealRedis();
        Require.That(OperatingSystem.IsLinux(), "needs Linux, whose loader takes LD_PRELOAD");
        var compiler = Executables.Find("gcc") ?? Executables.Find("clang");
        Require.That(compiler is not null, "needs gcc or clang on the PATH");
        var clock = new MovableClock();
        try
        {
            clock._files.Write("clock.c", Source);
            await Programs.OutputAsync(compiler, ["-shared", "-fPIC", "-O1", "-o", clock._files["clock.so"], clock._files["clock.c"]]);
            clock.Set(TimeSpan.Zero);
            return clock;
        }
        catch
        {
            clock.Dispose();
            throw;
        }
    }

    /// <summary>Sets the offset of the clock from the real time.</summary>
    public void Set(TimeSpan offset)
    {
        // The file is written in place because the server has mapped it.
        using var file = new FileStream(_files["seconds"], FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
        file.Write(BitConverter.GetBytes((long)offset.TotalSeconds));
    }

    public void Dispose() => _files.Dispose();
}
